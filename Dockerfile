# One image for every role; which one it plays is the command.
FROM python:3.12-slim
RUN useradd --system --create-home --home-dir /srv/donut donut && mkdir /state && chown donut /state
WORKDIR /srv/donut
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY --chown=donut . .
USER donut
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "wsgi:app"]

"""`make bench`: every benchmark in turn, each a table of its own."""

from bench import answering, api, claiming, exporting, importing, pages, sending, webhooks

if __name__ == "__main__":
    for benchmark in (importing, answering, exporting, sending, claiming, pages, api, webhooks):
        benchmark.main()

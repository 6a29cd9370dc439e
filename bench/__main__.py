"""`make bench`: every benchmark in turn, each a table of its own."""

from bench import answering, exporting, importing, pages, sending

if __name__ == "__main__":
    for benchmark in (importing, answering, exporting, sending, pages):
        benchmark.main()

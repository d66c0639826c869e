"""python -m newscrawl"""

from newscrawl.cli import program

if __name__ == "__main__":
    program()

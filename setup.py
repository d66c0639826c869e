"""Where the packages of a wheel come from; everything else is in pyproject.toml.

Other projects have packages `spiders` and `pipelines`, too, so ours lie inside of newscrawl there.
newscrawl/crawl/shipped.py makes both names work.
"""

from setuptools import find_packages, setup

setup(
    packages=[
        *find_packages(include=["newscrawl", "newscrawl.*"]),
        "newscrawl.spiders",
        "newscrawl.pipelines",
    ],
    package_dir={"newscrawl.spiders": "spiders", "newscrawl.pipelines": "pipelines"},
)

# newscrawl without the embedded MongoDB: MONGODB_URI names one. compose.yaml has the whole.
#
#   docker build -t newscrawl .
#   docker run --rm -e MONGODB_URI='mongodb://…' newscrawl crawl eastmoney
#
# Not built in this project's tests, which have no registry of images: tests/deploy reads it only.

FROM python:3.11-slim-bookworm AS build
RUN python -m venv /opt/newscrawl
WORKDIR /src
COPY requirements.txt pyproject.toml setup.py README.md LICENSE ./
# A layer of its own: the dependencies change less often than the program.
RUN /opt/newscrawl/bin/pip install --no-cache-dir -r requirements.txt
COPY newscrawl newscrawl
COPY spiders spiders
COPY pipelines pipelines
RUN /opt/newscrawl/bin/pip install --no-cache-dir '.[web,alerts,metrics,cluster]'

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/newscrawl newscrawl \
 && install --directory --owner=newscrawl --mode=0700 /var/lib/newscrawl
COPY --from=build /opt/newscrawl /opt/newscrawl
ENV PATH=/opt/newscrawl/bin:$PATH NEWSCRAWL_HOME=/var/lib/newscrawl PYTHONUNBUFFERED=1
USER newscrawl
WORKDIR /var/lib/newscrawl
# The spool: posts that wait for MongoDB are nowhere else.
VOLUME /var/lib/newscrawl
STOPSIGNAL SIGTERM
ENTRYPOINT ["newscrawl"]
CMD ["--help"]

# The command alone, for pipelines that run containers:
#   docker build -t servanda . && docker run --rm -v "$PWD:/data:ro" servanda check cases
# durable-rules is built from source, so a compiler is needed to build the image; it isn't in the image.
FROM python:3.12-slim-bookworm AS build
# The compiler doesn't reach the image, so its version need not be pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY rules rules
COPY checker checker
RUN python -m venv /opt/servanda \
    && /opt/servanda/bin/pip install --no-cache-dir --disable-pip-version-check .

FROM python:3.12-slim-bookworm
COPY --from=build /opt/servanda /opt/servanda
# No cache is kept: nothing need be writable.
ENV PATH=/opt/servanda/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    SERVANDA_CACHE=off
WORKDIR /data
USER 65532:65532
ENTRYPOINT ["servanda"]
CMD ["--help"]

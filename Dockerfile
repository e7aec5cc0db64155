# One image for migrate, web and worker: the same pinned packages as `make up`, a user without rights.
FROM python:3.11-slim-bookworm AS build
ENV PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/milo
COPY requirements-bootstrap.lock requirements.lock ./
RUN python -m venv /boot && /boot/bin/pip install --no-cache-dir --require-hashes -r requirements-bootstrap.lock \
    && python -m venv --without-pip /opt/milo \
    && /boot/bin/uv pip sync --no-cache --require-hashes --compile-bytecode --python /opt/milo/bin/python requirements.lock
COPY pyproject.toml README.md ./
COPY app app
COPY ingestion ingestion
COPY retrieval retrieval
COPY widget widget
# Editable as on a developer's machine: pages, widget and migrations are read from beside the code.
RUN /boot/bin/uv pip install --no-cache --no-index --no-deps --no-build-isolation --python /opt/milo/bin/python \
    --editable . && /opt/milo/bin/python -m compileall -q app ingestion retrieval

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data milo && install -d -o milo -g milo -m 0700 /data
COPY --from=build /opt/milo /opt/milo
COPY --from=build /srv/milo /srv/milo
ENV PATH=/opt/milo/bin:$PATH PYTHONUNBUFFERED=1 MILO_HOST=0.0.0.0 MILO_PORT=8000 MILO_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["milo"]
CMD ["serve"]

# Image of the engine, for a GPU or a CPU. Build in the repository's root:
#   docker build -f infra/docker/engine.Dockerfile -t whetstone-engine:0.1.0 .
# For a CPU, a torch of some 200 MB instead of one with CUDA libraries (5.6 GB):
#   docker build -f infra/docker/engine.Dockerfile -t whetstone-engine:0.1.0-cpu \
#     --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cpu .
FROM python:3.12.11-slim-bookworm

SHELL ["/bin/bash", "-o", "pipefail", "-c"]

# Triton compiles its launchers with gcc on first use.
RUN apt-get update \
  && apt-get install --no-install-recommends -y gcc libc6-dev \
  && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/whetstone/engine
COPY engine/pyproject.toml engine/uv.lock ./
COPY infra/docker/install-engine.sh /tmp/
ARG TORCH_INDEX=""
RUN bash /tmp/install-engine.sh "$TORCH_INDEX"
COPY engine/src src

RUN useradd --uid 10001 --create-home whetstone \
  && install --directory --owner=whetstone /var/lib/whetstone/artifacts
USER 10001

# NVIDIA's container runtime reads the last two.
ENV PYTHONPATH=/opt/whetstone/engine/src \
  PYTHONUNBUFFERED=1 \
  NVIDIA_VISIBLE_DEVICES=all \
  NVIDIA_DRIVER_CAPABILITIES=compute,utility
EXPOSE 8400
HEALTHCHECK --interval=10s --timeout=5s --start-period=600s --retries=6 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8400/ready', timeout=4)"]

# SIGTERM: answers every waiting request and exits within two seconds.
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "whetstone_engine"]
CMD ["--model", "/models/model", "--port", "8400", "--artifact-dir", "/var/lib/whetstone/artifacts"]

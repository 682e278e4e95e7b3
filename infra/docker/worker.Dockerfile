# Image of every worker role and of the command line. Build in the repository's root:
#   docker build -f infra/docker/worker.Dockerfile -t whetstone-worker:0.1.0 .
FROM node:22.20.0-bookworm-slim

# Temporal's native client reads the system's certificates.
RUN apt-get update \
  && apt-get install --no-install-recommends -y ca-certificates \
  && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/whetstone
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force
COPY . .

RUN useradd --uid 10001 --create-home whetstone \
  && install --directory --owner=whetstone /var/lib/whetstone
USER 10001

# The ready file is written once the worker polls, and renewed every ten seconds from then on.
ENV NODE_ENV=production \
  WHETSTONE_HOME=/var/lib/whetstone \
  WHETSTONE_READY_FILE=/tmp/whetstone-ready
HEALTHCHECK --interval=10s --timeout=5s --start-period=180s --retries=6 \
  CMD ["sh", "-c", "test -n \"$(find /tmp/whetstone-ready -mmin -1)\""]

# SIGTERM: takes no more tasks, gives running steps ten seconds, hands back the rest.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/opt/whetstone/bin/whetstone.mjs"]
CMD ["worker", "orchestrator", "cpu"]

# Kairos Herald: TypeScript run directly by Node, so there is nothing to build.
FROM node:24-slim

ENV NODE_ENV=production \
    HERALD_DATA_DIR=/var/lib/herald \
    HERALD_CONFIG=/etc/herald/herald.yaml

WORKDIR /app
# No dependency needs its install script.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY src ./src
COPY config ./config
COPY deploy/herald.yaml /etc/herald/herald.yaml

# The embedded database lives here when DATABASE_URL is not set.
RUN install -d -o node -g node -m 0700 /var/lib/herald
VOLUME /var/lib/herald

USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/entry/main.ts", "serve"]

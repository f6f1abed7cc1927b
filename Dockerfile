# maven-git with git, in a small image. The program is one bundle; of the packages only PGlite stays one, for its WebAssembly.
#
#   docker build -t maven-git .
#   docker run --rm -v "$PWD:/repository" --user "$(id -u):$(id -g)" maven-git status
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY .ci ./.ci
COPY src ./src
COPY parsers ./parsers
COPY test ./test
RUN npm run build

FROM node:20-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates git tini \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=build /app/dist/bin ./dist/bin
COPY --from=build /app/dist/postgres.tar.gz ./dist/postgres.tar.gz
COPY --from=build /app/node_modules/@electric-sql ./node_modules/@electric-sql
COPY fixtures/history ./fixtures/history
COPY fixtures/upstream ./fixtures/upstream
RUN ln -s /app/dist/bin/maven-git.js /usr/local/bin/maven-git \
  && chmod +x /app/dist/bin/maven-git.js \
  && mkdir /repository && chown node:node /repository
ENV NODE_ENV=production
USER node
WORKDIR /repository
VOLUME /repository
# tini hands SIGTERM on, so that a loop finishes its commit, and collects what child processes leave.
ENTRYPOINT ["/usr/bin/tini", "--", "maven-git"]
CMD ["status"]
# A loop is healthy while it makes its rounds; everything else while it can read its repository.
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s --retries=3 \
  CMD ["maven-git", "health"]

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=devel
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /muster ./cmd/muster && mkdir /data

FROM scratch
# For TLS to Postgres.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /muster /muster
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
ENV MUSTER_LISTEN=:8081
EXPOSE 8081
HEALTHCHECK --interval=10s --timeout=3s CMD ["/muster", "health"]
ENTRYPOINT ["/muster"]
CMD ["serve"]

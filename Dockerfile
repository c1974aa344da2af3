# One image with the program, a JRE and Kafka's jars: nothing is fetched when it starts.

FROM rust:1.95-bookworm AS program
WORKDIR /src
COPY . .
RUN cargo xtask build

FROM maven:3-eclipse-temurin-17 AS kafka
COPY gateway/kafka/pom.xml /kafka/pom.xml
RUN mvn --batch-mode --quiet --file /kafka/pom.xml dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=/opt/kafka/libs

# The same Debian as the first stage's, for the same libc.
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends openjdk-17-jre-headless zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --home-dir /data --create-home kafkascope
COPY --from=kafka /opt/kafka /opt/kafka
COPY --from=program /src/target/release/kafkascope /usr/local/bin/kafkascope
ENV KAFKA_HOME=/opt/kafka
USER kafkascope
VOLUME /data
EXPOSE 7878
ENTRYPOINT ["kafkascope"]
# All addresses of the container; docker-compose.yml lets only this machine's loopback in.
CMD ["serve", "--listen", "0.0.0.0:7878", "--public-url", "http://127.0.0.1:7878", "--data", "/data"]

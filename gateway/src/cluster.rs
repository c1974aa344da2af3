//! The local cluster: Apache Kafka as child processes of this gateway.

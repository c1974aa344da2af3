//! Kafka's wire: connections and one function for each request we send. Nothing else in the gateway knows the codec.

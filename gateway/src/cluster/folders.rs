//! A node's folder on disk as Kafka expects to find it formatted, without running its format tool.

use std::{fs, io, path::Path};

use model::{fact::Role, ids::BrokerId};
use uuid::Uuid;

/// What the format tool leaves in a controller's folder beside meta.properties: the first metadata records (feature levels).
pub(super) const BOOTSTRAP: &str = "bootstrap.checkpoint";

/// A random id in Kafka's writing (org.apache.kafka.common.Uuid: base64, URL-safe, no padding; never a leading dash).
pub(super) fn kafka_uuid() -> String {
    loop {
        let text = base64(Uuid::new_v4().as_bytes());
        if !text.starts_with('-') {
            return text;
        }
    }
}

/// Makes `folder` the empty data folder of `node` in the cluster `cluster_id`.
///
/// A broker needs no more than meta.properties. A controller also needs the checkpoint the format tool writes, which
/// names neither cluster nor node (it holds FeatureLevelRecords only), so one copy serves every cluster id.
pub(super) fn format(folder: &Path, node: BrokerId, role: Role, cluster_id: &str, bootstrap: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let directory_id = kafka_uuid();
    let meta = format!("version=1\ncluster.id={cluster_id}\nnode.id={node}\ndirectory.id={directory_id}\n");
    fs::write(folder.join("meta.properties"), meta)?;
    if role == Role::Controller {
        fs::copy(bootstrap, folder.join(BOOTSTRAP))?;
    }
    Ok(())
}

fn base64(bytes: &[u8; 16]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut rest = u128::from_be_bytes(*bytes);
    // 128 bits are 21 digits of 6 and a last one of 2, padded with zeros on the right.
    let last = (rest & 3) << 4;
    rest >>= 2;
    let mut digits = vec![last];
    for _ in 0..21 {
        digits.push(rest & 63);
        rest >>= 6;
    }
    digits
        .iter()
        .rev()
        .filter_map(|digit| DIGITS.get(usize::try_from(*digit).ok()?))
        .map(|digit| char::from(*digit))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_as_kafka_writes_them() {
        // Uuid.ONE_UUID.toString() and a value of Java's Base64.getUrlEncoder().
        assert_eq!(base64(&1_u128.to_be_bytes()), "AAAAAAAAAAAAAAAAAAAAAQ");
        assert_eq!(base64(&u128::MAX.to_be_bytes()), "_____________________w");
        assert_eq!(kafka_uuid().len(), 22);
    }
}

//! The picture as a table, for those who do not see the canvas.

use model::picture::Picture;

/// The heads of its columns.
pub const HEADS: [&str; 6] = ["Partition", "Leader", "In sync", "Log ends", "High watermark", "Groups"];

/// One row a partition.
pub fn rows(picture: &Picture) -> Vec<[String; 6]> {
    let list = |ids: &mut dyn Iterator<Item = String>| ids.collect::<Vec<_>>().join(", ");
    picture
        .shown_partitions()
        .map(|(id, p)| {
            let leader = match (p.leader.exists(), picture.leader_reachable(p)) {
                (false, _) => "none".to_owned(),
                (true, true) => format!("broker {}", p.leader),
                (true, false) => format!("broker {}, gone", p.leader),
            };
            let groups = picture.groups.iter().filter(|(_, g)| picture.group_partitions(g).contains(id));
            [
                id.to_string(),
                leader,
                list(&mut p.isr.iter().map(ToString::to_string)),
                list(&mut p.log_ends.iter().map(|(b, (_, end))| format!("broker {b}: {end}"))),
                p.high_watermark().to_string(),
                list(&mut groups.map(|(name, g)| format!("{name} lag {}", picture.lag(g, id)))),
            ]
        })
        .collect()
}

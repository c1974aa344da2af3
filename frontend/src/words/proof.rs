//! The proof line: money and pieces as equations, with a tick only where they were checked.

use model::picture::{Picture, Proof, ProofStatus};

use super::numbers::{money, signed, thousands};

/// Broken orders that are named; the rest is counted.
const NAMED: usize = 4;

/// What stands before a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Check {
    /// Nothing to check yet.
    #[default]
    None,
    /// It holds.
    Tick,
    /// It does not.
    Cross,
    /// Still moving.
    Settling,
}

/// One line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// What stands before it.
    pub check: Check,
    /// The equation.
    pub value: String,
    /// What it is, or why it cannot be said.
    pub key: String,
}

/// Both lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProofWords {
    /// Whether there is a shop at all.
    pub present: bool,
    /// Money taken against confirmed orders.
    pub money: Line,
    /// Pieces in stock, reserved and sold against what was created.
    pub stock: Line,
}

/// The proof line of a picture at display time `now`.
pub fn words(picture: &Picture, proof: &Proof) -> ProofWords {
    let kept = proof.taken_cents - proof.refunded_cents;
    let due = proof.confirmed_cents + proof.undecided_cents;
    let pieces = proof.on_hand + proof.reserved + proof.sold;
    let mut value = format!("{} {} {}", money(kept), sign(kept == due), money(proof.confirmed_cents));
    let mut key = format!("money taken = {} confirmed {}", thousands(proof.confirmed), orders(proof.confirmed));
    if proof.undecided_cents != 0 {
        value.push_str(&format!(" + {}", money(proof.undecided_cents)));
        key.push_str(" + undecided");
    }
    if proof.refunded_cents != 0 {
        key = key.replacen("money taken", "money taken less refunds", 1);
    }
    let stock = format!(
        "{} + {} + {} {} {}",
        signed(proof.on_hand),
        signed(proof.reserved),
        signed(proof.sold),
        sign(pieces == proof.created),
        signed(proof.created)
    );
    let mut words = ProofWords {
        present: !picture.apps.is_empty() || !picture.shop.items.is_empty(),
        money: Line { check: Check::None, value, key },
        stock: Line { check: Check::None, value: stock, key: "in stock + reserved + sold = start".to_owned() },
    };
    match proof.status {
        ProofStatus::Holds => {
            words.money.check = Check::Tick;
            words.stock.check = Check::Tick;
        }
        ProofStatus::Settling => {
            words.money.check = Check::Settling;
            words.stock.check = Check::Settling;
            if let Some(reason) = &proof.settling {
                words.stock.key = format!("settling: {reason}");
            }
        }
        ProofStatus::Broken => {
            // Orders that do not add up break the whole, even where the sums happen to be equal.
            words.money.check = cross_unless(kept == due && proof.orders.is_empty());
            words.stock.check = cross_unless(pieces == proof.created && proof.orders.is_empty());
            if !proof.orders.is_empty() {
                words.money.key = broken(proof);
            }
        }
    }
    words
}

fn sign(equal: bool) -> &'static str {
    if equal { "=" } else { "≠" }
}

fn orders(count: u64) -> &'static str {
    if count == 1 { "order" } else { "orders" }
}

fn cross_unless(holds: bool) -> Check {
    if holds { Check::Tick } else { Check::Cross }
}

fn broken(proof: &Proof) -> String {
    let named: Vec<String> = proof.orders.iter().take(NAMED).map(ToString::to_string).collect();
    let rest = proof.orders.len().saturating_sub(NAMED);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    let verb = if proof.orders.len() == 1 { "does" } else { "do" };
    format!("{}{more} {verb} not add up", named.join(", "))
}

#[cfg(test)]
mod tests {
    use model::ids::OrderId;

    use super::*;

    fn proof(status: ProofStatus) -> Proof {
        Proof {
            status,
            taken_cents: 813_960,
            confirmed_cents: 813_960,
            confirmed: 204,
            created: 500,
            on_hand: 291,
            reserved: 5,
            sold: 204,
            ..Proof::default()
        }
    }

    #[test]
    fn holds_as_designed() {
        let words = words(&Picture::default(), &proof(ProofStatus::Holds));
        assert_eq!(words.money.value, "8 139.60 € = 8 139.60 €");
        assert_eq!(words.money.key, "money taken = 204 confirmed orders");
        assert_eq!(words.stock.value, "291 + 5 + 204 = 500");
        assert_eq!(words.stock.check, Check::Tick);
    }

    #[test]
    fn broken_names_the_orders_even_where_the_sums_are_equal() {
        let orders = vec![OrderId("A-7".to_owned())];
        let words = words(&Picture::default(), &Proof { orders, ..proof(ProofStatus::Broken) });
        assert_eq!(words.money.check, Check::Cross);
        assert_eq!(words.money.key, "A-7 does not add up");
    }

    #[test]
    fn settling_says_why() {
        let settling = Some("group stock lags 3".to_owned());
        let words = words(&Picture::default(), &Proof { settling, ..proof(ProofStatus::Settling) });
        assert_eq!(words.money.check, Check::Settling);
        assert_eq!(words.stock.key, "settling: group stock lags 3");
    }
}

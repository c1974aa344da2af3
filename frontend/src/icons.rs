//! The small drawings in the panels, as constant SVG; nothing that came from a cluster ever stands in them.

/// The mark of the program.
pub(crate) const MARK: &str = r#"<svg width="28" height="28" viewBox="0 0 30 30"><rect x="1" y="3" width="22" height="4" rx="2" fill="var(--text3)"/><rect x="1" y="10" width="22" height="10" rx="2.5" fill="var(--text)"/><rect x="1" y="23" width="22" height="4" rx="2" fill="var(--text3)"/><rect x="25.5" y="0" width="3" height="30" rx="1.5" fill="var(--open)"/></svg>"#;
pub(crate) const TICK: &str = r#"<svg viewBox="0 0 24 24"><path d="M3.5 13L9.5 19L20.5 5.5" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/></svg>"#;
pub(crate) const CROSS: &str = r#"<svg viewBox="0 0 24 24"><path d="M4 4L20 20M20 4L4 20" stroke="currentColor" stroke-width="4.5" stroke-linecap="round"/></svg>"#;
pub(crate) const HALF: &str = r#"<svg viewBox="0 0 24 24"><circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="3"/><path d="M12 3.5A8.5 8.5 0 0 1 12 20.5Z" fill="currentColor"/></svg>"#;
pub(crate) const LATER: &str = r#"<svg viewBox="0 0 24 24"><circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="3"/></svg>"#;
pub(crate) const LIVE: &str = r#"<svg viewBox="0 0 20 20"><circle cx="10" cy="10" r="9" fill="none" stroke="currentColor" stroke-width="2"/><circle cx="10" cy="10" r="5" fill="currentColor"/></svg>"#;
pub(crate) const PAUSE: &str =
    r#"<svg viewBox="0 0 24 24"><path d="M6 4H10V20H6ZM14 4H18V20H14Z" fill="currentColor"/></svg>"#;
pub(crate) const PLAY: &str = r#"<svg viewBox="0 0 24 24"><path d="M6 3.5L20 12L6 20.5Z" fill="currentColor"/></svg>"#;
pub(crate) const TO_START: &str =
    r#"<svg viewBox="0 0 24 24"><path d="M5 4H8V20H5ZM20 4V20L9 12Z" fill="currentColor"/></svg>"#;
pub(crate) const TO_END: &str =
    r#"<svg viewBox="0 0 24 24"><path d="M16 4H19V20H16ZM4 4V20L15 12Z" fill="currentColor"/></svg>"#;
pub(crate) const AGAIN: &str = r#"<svg viewBox="0 0 24 24"><path d="M5 12A7.5 7.5 0 1 0 8 6M8.5 1.5V6.5H13.5" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>"#;
pub(crate) const WARN: &str = r#"<svg viewBox="0 0 24 24"><path d="M12 2.5L22.5 21H1.5Z" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linejoin="round"/><path d="M12 9V14" stroke="currentColor" stroke-width="2.75" stroke-linecap="round"/><circle cx="12" cy="17.6" r="1.5" fill="currentColor"/></svg>"#;

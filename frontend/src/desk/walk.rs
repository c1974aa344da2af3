//! Where a person without a pointer stands on the stage, and in which colours everybody sees it.

use std::cell::RefCell;

use super::*;
use crate::{
    browser::{marks, theme},
    stage::{
        Selected, Target,
        walk::{Way, next},
    },
};

/// The mark one has walked to.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// What it is, and which of its places: a record stands on each replica.
    at: RefCell<Option<(Selected, usize)>>,
}

impl Walk {
    fn found(&self, targets: &[Target]) -> usize {
        let at = self.at.borrow();
        let Some((what, nth)) = at.as_ref() else { return 0 };
        let mut places = targets.iter().enumerate().filter(|(_, t)| t.what == *what).map(|(place, _)| place);
        let first = places.next();
        nth.checked_sub(1).and_then(|more| places.nth(more)).or(first).unwrap_or(0)
    }

    /// Whether anybody has walked: the first mark is there without that.
    pub(super) fn is_used(&self) -> bool {
        self.at.borrow().is_some()
    }

    fn set(&self, targets: &[Target], place: usize) {
        let Some(target) = targets.get(place) else { return };
        let before = targets.iter().take(place).filter(|t| t.what == target.what).count();
        *self.at.borrow_mut() = Some((target.what.clone(), before));
    }

    /// The button follows its mark, which moves with the facts.
    pub(super) fn follow(&self, drawing: &Drawing) {
        let which = marks::focused();
        // Before anybody walks, the first mark is what Tab comes to.
        if which.is_some() || !self.is_used() {
            self.show(drawing, which.unwrap_or_default());
        }
    }

    fn show(&self, drawing: &Drawing, which: u32) {
        if let Some(target) = drawing.targets.get(self.found(&drawing.targets)) {
            marks::place(which, target, drawing.layout);
        }
    }
}

impl Desk {
    /// An arrow key on the mark one stands on; true where it was ours.
    pub(crate) fn walk(self, key: &str) -> bool {
        let (Some(way), Some(which)) = (Way::of(key), marks::focused()) else { return false };
        let held = self.held();
        if !held.walk.is_used() {
            held.ask();
        }
        let easel = held.easel.borrow();
        let targets = &easel.drawing.targets;
        if let Some(place) = next(targets, held.walk.found(targets), way) {
            held.walk.set(targets, place);
            held.walk.show(&easel.drawing, 1 - which);
            drop(easel);
            marks::focus(1 - which);
        }
        true
    }

    /// Enter on the mark one stands on.
    pub(crate) fn select_walked(self) {
        let held = self.held();
        let what = {
            let easel = held.easel.borrow();
            let targets = &easel.drawing.targets;
            let place = held.walk.found(targets);
            held.walk.set(targets, place);
            targets.get(place).map(|t| t.what.clone())
        };
        self.take_up(what);
    }

    /// Puts on what the system prefers, unless somebody has chosen.
    pub(crate) fn prefer(self, theme: Theme) {
        self.wear(theme::chosen().unwrap_or(theme));
    }

    /// The other theme, from now on.
    pub(crate) fn switch_theme(self) {
        let held = self.held();
        let dark = held.easel.borrow().theme == Theme::Dark;
        let theme = if dark { Theme::Light } else { Theme::Dark };
        theme::keep(theme);
        self.wear(theme);
    }

    fn wear(self, theme: Theme) {
        let held = self.held();
        held.easel.borrow_mut().theme = theme;
        held.touch();
        theme::wear(theme);
    }
}

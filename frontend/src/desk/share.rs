//! What is given away: the share dialog's choices, the link that is copied, and the file that is made here where no gateway
//! makes it.

use super::*;
use crate::{
    browser::{address, files},
    link::Link,
    player::{manner::Manner, speed::Speed},
    screen::PlayerWords,
    words::share::{self, Choice, Part, ShareWords},
};

/// Where others find what is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Home {
    /// Nowhere: it was dropped on the page, or came with it.
    #[default]
    Here,
    /// A gateway has it under this name.
    Gateway(String),
    /// This page's own address names it.
    Address,
}

/// The dialog.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    pub(super) home: RefCell<Home>,
    is_open: Cell<bool>,
    choice: RefCell<Choice>,
    /// How large the two files are, and of which query that is.
    sizes: RefCell<(Option<String>, [Option<u64>; 2])>,
    said: RefCell<String>,
    /// What stands behind the `#` of the address bar, as it was read or written last.
    fragment: RefCell<String>,
}

impl Desk {
    /// Opens the dialog, or closes it.
    pub(crate) fn toggle_share(self) {
        let held = self.held();
        let opens = !held.sharing.is_open.get();
        held.sharing.is_open.set(opens);
        if opens {
            let session = held.session.borrow();
            let Some(deck) = session.deck() else { return held.sharing.is_open.set(false) };
            let range = deck.manner().range.unwrap_or((deck.now(), deck.known()));
            *held.sharing.choice.borrow_mut() = Choice {
                part: if deck.manner().range.is_some() { Part::Range } else { Part::Whole },
                starts_here: true,
                keeps_speed: deck.speed() != Speed::REAL,
                range: [range.0, range.1].map(crate::link::time),
            };
            held.sharing.said.borrow_mut().clear();
        }
        held.touch();
        if opens {
            self.measure();
        }
    }

    /// Says something in the dialog.
    pub(super) fn tell(self, what: String) {
        let held = self.held();
        if !held.sharing.is_open.get() {
            self.toggle_share();
        }
        *held.sharing.said.borrow_mut() = what;
        held.touch();
    }

    /// Chooses a part.
    pub(crate) fn share_part(self, part: Part) {
        self.set_choice(|choice| choice.part = part);
    }

    /// Opens at the moment shown, or does not.
    pub(crate) fn share_start(self) {
        self.set_choice(|choice| choice.starts_here = !choice.starts_here);
    }

    /// Plays slowly, or does not.
    pub(crate) fn share_speed(self) {
        self.set_choice(|choice| choice.keeps_speed = !choice.keeps_speed);
    }

    /// One end of the range was written.
    pub(crate) fn share_range(self, which: usize, text: String) {
        self.set_choice(|choice| choice.range[which] = text);
    }

    fn set_choice(self, how: impl FnOnce(&mut Choice)) {
        let held = self.held();
        how(&mut held.sharing.choice.borrow_mut());
        let range = {
            let choice = held.sharing.choice.borrow();
            (choice.part == Part::Range).then(|| choice.ends()).flatten()
        };
        // What is chosen is shown between brackets.
        self.turn(|deck| deck.set_manner(Manner { range, ..deck.manner() }));
        self.measure();
    }

    /// Copies the link, and says what whoever gets it can do with it.
    pub(crate) fn copy_link(self) {
        let held = self.held();
        if !held.sharing.is_open.get() {
            self.toggle_share();
        }
        let link = held.share_words(&held.session.borrow()).map(|words| words.link).unwrap_or_default();
        if link.is_empty() {
            return;
        }
        spawn_local(async move {
            let said = match (address::copy(&link).await, address::is_loopback()) {
                (true, false) => "Copied.",
                (true, true) => "Copied. This link opens only on this machine: give others one of the files.",
                (false, _) => "This browser copies nothing from here: the link is selected, press Ctrl and C.",
            };
            *self.held().sharing.said.borrow_mut() = said.to_owned();
            self.held().touch();
        });
    }

    /// Makes the recording here, and gives it to the reader.
    pub(crate) fn save_recording(self) {
        let held = self.held();
        let made = held.session.borrow().film();
        let saved = made.and_then(|(name, bytes)| files::save(&name, &bytes));
        if saved.is_none() {
            "This browser saves nothing from here.".clone_into(&mut held.sharing.said.borrow_mut());
        }
        held.touch();
    }

    /// Asks the gateway how large the files are.
    fn measure(self) {
        let held = self.held();
        let Some((query, paths)) = held.shared_files(&held.session.borrow()) else { return };
        let query = Some(query);
        if held.sharing.sizes.borrow().0 == query {
            return;
        }
        *held.sharing.sizes.borrow_mut() = (query.clone(), [None; 2]);
        spawn_local(async move {
            for (n, path) in paths.iter().enumerate() {
                let size = fetch::size(path).await;
                let held = self.held();
                let mut sizes = held.sharing.sizes.borrow_mut();
                // Another part may have been chosen meanwhile.
                if sizes.0 == query {
                    sizes.1[n] = size;
                }
                drop(sizes);
                held.touch();
            }
        });
    }

    /// Shows what a link asks for.
    pub(super) fn follow_link(self, link: &Link) {
        *self.held().sharing.fragment.borrow_mut() = address::fragment();
        if let Some(order) = &link.order {
            self.held().followed.borrow_mut().clone_from(order);
        }
        self.session(|s| {
            if let Some(sight) = link.sight {
                s.sight = sight;
            }
            if let Some(selected) = &link.selected {
                s.selected = Some(selected.clone());
            }
            let chapter = link.chapter.and_then(|nth| s.chapter(nth));
            let Some(deck) = s.deck_mut() else { return };
            let begins = link.range.map(|(from, _)| from).or(chapter);
            if let Some(at) = link.at.or(begins) {
                deck.seek(at);
            }
            if let Some(speed) = link.speed {
                deck.set_speed(speed);
            }
            let stops = deck.manner().stops || chapter.is_some();
            deck.set_manner(Manner { range: link.range, stops, ..deck.manner() });
            deck.set_playing(!link.paused);
        });
    }

    /// Another moment was written into the address bar.
    pub(crate) fn address_changed(self) {
        if self.held().session.borrow().is_recording() {
            self.follow_link(&Address::read().link());
        }
    }
}

impl Held {
    /// The name under which a gateway has what is open.
    pub(super) fn gateway_name(&self) -> Option<String> {
        match &*self.sharing.home.borrow() {
            Home::Gateway(name) => Some(name.clone()),
            Home::Here | Home::Address => None,
        }
    }

    pub(super) fn close_share(&self) -> bool {
        self.sharing.is_open.replace(false)
    }

    /// The query of the part that is chosen, and where the gateway has it as two files.
    fn shared_files(&self, session: &Session) -> Option<(String, [String; 2])> {
        let Home::Gateway(name) = &*self.sharing.home.borrow() else { return None };
        let query = self.sharing.choice.borrow().query(session.deck()?);
        let name = encoded(name.strip_suffix(".kscope").unwrap_or(name));
        let paths = ["html", "kscope"].map(|ending| format!("/api/recordings/{name}.{ending}{query}"));
        Some((query, paths))
    }

    /// What the dialog says, while it is open.
    pub(super) fn share_words(&self, session: &Session) -> Option<ShareWords> {
        let deck = session.deck().filter(|_| self.sharing.is_open.get())?;
        let choice = self.sharing.choice.borrow();
        let (selected, sight, order) = (session.selected.clone(), Some(session.sight), self.order_of_link(session));
        let said = Link { selected, sight, order, ..choice.link(deck) };
        let said = said.written("");
        let hash = if said.is_empty() { String::new() } else { ["#", &said].concat() };
        let link = match &*self.sharing.home.borrow() {
            Home::Gateway(name) => address::of(&format!("/?rec={}", encoded(name))) + &hash,
            Home::Address => address::without_hash() + &hash,
            Home::Here => String::new(),
        };
        let (parts, start, speed) = share::ways(deck, &choice);
        let sizes = self.sharing.sizes.borrow().1;
        let button = |label: &str, size: Option<u64>| match size {
            Some(size) => [label, ", ", &share::size(size)].concat(),
            None => label.to_owned(),
        };
        let (html, file) = match self.shared_files(session) {
            Some((_, [html, file])) => {
                ((html, button("One HTML file", sizes[0])), (file, button("Recording", sizes[1])))
            }
            None => (Default::default(), (String::new(), "Save recording".to_owned())),
        };
        let is_wrong = choice.part == Part::Range && choice.ends().is_none();
        let wrong = "A range is two moments, the earlier one first: 1m2s, 04:10.5 or seconds.";
        Some(ShareWords {
            code: share::code(&link),
            link,
            parts,
            range: (choice.part == Part::Range).then(|| choice.range.clone()),
            start,
            speed,
            html,
            file,
            inside: share::inside(deck.player().picture()),
            said: if is_wrong { wrong.to_owned() } else { self.sharing.said.borrow().clone() },
        })
    }

    /// While it stands, the address bar says where.
    pub(super) fn follow_in_address(&self, session: &Session, player: &PlayerWords) {
        if player.playing || *self.sharing.home.borrow() == Home::Here {
            return;
        }
        let Some(deck) = session.deck() else { return };
        let link = Link {
            at: Some(deck.now()),
            range: deck.manner().range,
            speed: Some(deck.speed()).filter(|speed| *speed != Speed::REAL),
            selected: session.selected.clone(),
            sight: Some(session.sight),
            order: self.order_of_link(session),
            paused: true,
            ..Link::default()
        };
        let now = address::fragment();
        // Somebody else has just written there; what it says is followed first.
        if now != *self.sharing.fragment.borrow() {
            return;
        }
        let fragment = link.written(&now);
        if fragment != now {
            address::write_fragment(&fragment);
            *self.sharing.fragment.borrow_mut() = fragment;
        }
    }

    /// Whose story a link tells.
    fn order_of_link(&self, session: &Session) -> Option<String> {
        (session.sight == Sight::Story).then(|| self.followed.borrow().clone()).filter(|order| !order.is_empty())
    }
}

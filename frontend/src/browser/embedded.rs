//! The recording that came with the page: inside it where the page is one file, beside it on a host of files.

use js_sys::Reflect;
use web_sys::Element;

use super::files;

/// The element that says so; the gateway's export writes it.
const ID: &str = "kafkascope-recording";

/// Where the recording is.
#[derive(Clone, Debug)]
pub(crate) enum Embedded {
    /// In the page, under this name.
    Inside { name: String },
    /// At this address.
    Beside { path: String },
}

/// The recording that came with the page, where one did.
pub(crate) fn found() -> Option<Embedded> {
    let element = element()?;
    match element.get_attribute("href") {
        Some(path) => Some(Embedded::Beside { path }),
        None => Some(Embedded::Inside { name: element.get_attribute("data-name").unwrap_or_default() }),
    }
}

/// The bytes of the recording in the page.
pub(crate) fn bytes() -> Result<Vec<u8>, String> {
    let element = element().ok_or("there is no recording in this page")?;
    let text = Reflect::get(&element, &"textContent".into()).unwrap_or_default();
    let bytes = files::decoded(&text).ok_or("the data in this page is not base64")?;
    let stated = element.get_attribute("data-bytes").and_then(|stated| stated.parse::<usize>().ok());
    match stated {
        // Browsers hand out what is too long as empty, without an error.
        Some(stated) if bytes.len() != stated => Err(format!(
            "{} of {stated} bytes are there: the file was not copied whole, or is too large for this browser",
            bytes.len()
        )),
        _ => Ok(bytes),
    }
}

/// Gives the recording in the page to its reader as a file; why not, where it cannot.
pub(crate) fn save() -> Result<(), String> {
    let name = match found() {
        Some(Embedded::Inside { name }) if !name.is_empty() => name,
        _ => String::from("recording.kscope"),
    };
    files::save(&name, &bytes()?).ok_or_else(|| String::from("this browser saves nothing from here"))
}

fn element() -> Option<Element> {
    web_sys::window()?.document()?.get_element_by_id(ID)
}

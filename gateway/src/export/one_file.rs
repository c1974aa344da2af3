//! One HTML file that needs nothing else: the page with everything inlined, and the recording at its end.

use std::io::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};

use crate::page;

/// By this id the page finds its recording.
const RECORDING: &str = "kafkascope-recording";
/// What the file may load: what is in it.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' data:; style-src 'unsafe-inline'; \
                      font-src data:; img-src data: blob:; base-uri 'none'; form-action 'none'";
const START: &str = include_str!("start.js");

/// The page on this recording, as one file.
///
/// # Errors
/// Where the page was not built into this binary.
pub(crate) fn html(name: &str, title: &str, recording: &[u8]) -> anyhow::Result<String> {
    let program = packed("kafkascope-page_bg.wasm")?;
    let glue = data_url("text/javascript", &page::must("kafkascope-page.js")?);
    let mut style = page::text("style.css")?;
    for font in ["fonts/next.woff2", "fonts/mono.woff2"] {
        style = style.replace(font, &data_url("font/woff2", &page::must(font)?));
    }
    let icon = data_url("image/svg+xml", &page::must("favicon.svg")?);
    let mut html = String::with_capacity(recording.len() * 4 / 3 + program.len() * 4 / 3 + (1 << 20));
    for line in page::text("index.html")?.lines() {
        match part(line) {
            Part::Title => {
                let title = if title.is_empty() { name.trim_end_matches(".kscope") } else { title };
                html.push_str(&format!("    <title>{}: Kafkascope</title>\n", escaped(title)));
                html.push_str(&format!("    <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n"));
            }
            Part::Style => html.push_str(&format!("    <style>\n{style}</style>\n")),
            Part::Icon => html.push_str(&format!("    <link rel=\"icon\" href=\"{icon}\">\n")),
            Part::Start => {
                let start = START.replace("GLUE", &glue);
                html.push_str(&format!("    <script type=\"module\">\n{start}    </script>\n"));
            }
            Part::Elsewhere => {}
            Part::End => {
                html.push_str(&block("kafkascope-program", "", program.len(), &STANDARD.encode(&program)));
                let named = format!(" data-name=\"{}\"", escaped(name));
                html.push_str(&block(RECORDING, &named, recording.len(), &STANDARD.encode(recording)));
                html.push_str(line);
                html.push('\n');
            }
            Part::Text => {
                html.push_str(line);
                html.push('\n');
            }
        }
    }
    Ok(html)
}

/// The index of a folder with this recording in it.
///
/// # Errors
/// Where the page was not built into this binary.
pub(crate) fn index_for(name: &str) -> anyhow::Result<String> {
    let named = format!("    <link id=\"{RECORDING}\" rel=\"alternate\" href=\"{}\">\n", escaped(name));
    let index = page::text("index.html")?;
    Ok(index.replacen("  </head>", &format!("{named}  </head>"), 1))
}

/// What a line of the index becomes.
enum Part {
    Text,
    Title,
    Style,
    Icon,
    Start,
    /// What is only of use on a server.
    Elsewhere,
    End,
}

fn part(line: &str) -> Part {
    let line = line.trim();
    match line {
        _ if line.starts_with("<title>") => Part::Title,
        _ if line.contains("rel=\"stylesheet\"") => Part::Style,
        _ if line.contains("rel=\"icon\"") => Part::Icon,
        _ if line.starts_with("<script") => Part::Start,
        _ if line.starts_with("<link") || line.starts_with("<!--") || line.contains("og:image") => Part::Elsewhere,
        "</body>" => Part::End,
        _ => Part::Text,
    }
}

/// Data that is no script, its length stated, since browsers cut what is too long without a word.
fn block(id: &str, named: &str, bytes: usize, base64: &str) -> String {
    format!(
        "    <script type=\"application/octet-stream\" id=\"{id}\"{named} data-bytes=\"{bytes}\">{base64}</script>\n"
    )
}

/// A file of the page as a gzip member: as `cargo xtask page` packed it, or packed now.
fn packed(name: &str) -> anyhow::Result<Vec<u8>> {
    if let Some(packed) = page::file(&format!("{name}.gz")) {
        return Ok(packed.into_owned());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&page::must(name)?)?;
    Ok(encoder.finish()?)
}

fn data_url(kind: &str, bytes: &[u8]) -> String {
    format!("data:{kind};base64,{}", STANDARD.encode(bytes))
}

/// Text as an HTML attribute or element holds it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

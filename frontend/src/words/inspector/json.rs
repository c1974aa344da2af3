//! Sets JSON out in lines without reading it as values: order, numbers and a cut end stay as they came.

/// Deeper nesting is not indented further.
const DEEPEST: usize = 12;

/// JSON with line breaks and indentation; text that does not look like JSON stays as it is.
pub(super) fn set_out(text: &str) -> String {
    if !text.trim_start().starts_with(['{', '[']) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    let mut rest = text.trim().chars().peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        (0..depth.min(DEEPEST)).for_each(|_| out.push_str("  "));
    };
    while let Some(c) = rest.next() {
        if quoted {
            out.push(c);
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '"' => {
                quoted = true;
                out.push(c);
            }
            '{' | '[' => {
                out.push(c);
                while rest.peek().is_some_and(|c| c.is_ascii_whitespace()) {
                    rest.next();
                }
                if let Some(close @ ('}' | ']')) = rest.peek().copied() {
                    rest.next();
                    out.push(close);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::set_out;

    #[test]
    fn lines_and_indentation() {
        assert_eq!(
            set_out(r#"{"a":1,"b":[true,"x:{,\""],"c":{}}"#),
            "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    \"x:{,\\\"\"\n  ],\n  \"c\": {}\n}"
        );
    }

    #[test]
    fn a_cut_value_and_plain_text_are_shown_as_far_as_they_go() {
        assert_eq!(set_out(r#"{"a":"b"#), "{\n  \"a\": \"b");
        assert_eq!(set_out("<b>hello</b>"), "<b>hello</b>");
    }
}

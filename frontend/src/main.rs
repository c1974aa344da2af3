//! The page's entry: everything else is in the library, so that tests can reach it.

fn main() {
    kafkascope_page::mount();
}

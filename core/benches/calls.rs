//! Time and allocations of building requests and reading replies: `cargo bench -p genauth-core --bench calls`.

#![allow(missing_docs, clippy::print_stdout, clippy::expect_used)]

mod cases;

use cases::Cases;

#[global_allocator]
static ALLOCATIONS: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

#[divan::bench(args = Cases::NAMES)]
fn case(bencher: divan::Bencher<'_, '_>, name: &str) {
    let cases = Cases::new().expect("the cases are fixed");
    bencher.bench_local(|| cases.run(divan::black_box(name)));
}

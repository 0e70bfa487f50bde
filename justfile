# What CI runs, piece by piece. `just ci` is the whole.

default:
    @just --list

# Everything CI checks.
ci:
    tests/run

fmt:
    cargo fmt --check

lint:
    cargo clippy --all-targets -- -D warnings

test:
    cargo test

docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps

deny:
    cargo deny check bans licenses sources

# Figures, as ratios against a peer or a limit in the same run.
bench:
    cargo bench

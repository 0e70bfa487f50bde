//! The page as readers, programs and those who mean harm meet it.

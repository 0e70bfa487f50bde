//! One calm sentence per event, in English and Chinese.

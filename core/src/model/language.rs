//! One text in several languages.

use crate::dto::answer;

answer!(
    /// A text in several languages.
    pub struct LangObject {
        /// Text in simplified Chinese.
        #[wire = "zh-CN"]
        pub zh_cn: Option<LangUnit>,
        /// Text in English.
        #[wire = "en-US"]
        pub en_us: Option<LangUnit>,
        /// Text in traditional Chinese.
        #[wire = "zh-TW"]
        pub zh_tw: Option<LangUnit>,
        /// Text in Japanese.
        #[wire = "ja-JP"]
        pub ja_jp: Option<LangUnit>,
    }
);

answer!(
    /// A text in one language.
    pub struct LangUnit {
        /// Whether the text is shown when its language is chosen; off by default.
        pub enabled: Option<bool>,
        /// The text.
        pub value: Option<String>,
    }
);

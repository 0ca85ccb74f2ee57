//! One text in several languages.

use serde::Deserialize;

/// A text in several languages.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LangObject {
    /// Text in simplified Chinese.
    #[serde(rename = "zh-CN", skip_serializing_if = "Option::is_none")]
    pub zh_cn: Option<LangUnit>,
    /// Text in English.
    #[serde(rename = "en-US", skip_serializing_if = "Option::is_none")]
    pub en_us: Option<LangUnit>,
    /// Text in traditional Chinese.
    #[serde(rename = "zh-TW", skip_serializing_if = "Option::is_none")]
    pub zh_tw: Option<LangUnit>,
    /// Text in Japanese.
    #[serde(rename = "ja-JP", skip_serializing_if = "Option::is_none")]
    pub ja_jp: Option<LangUnit>,
}

/// A text in one language.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LangUnit {
    /// Whether the text is shown when its language is chosen; off by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

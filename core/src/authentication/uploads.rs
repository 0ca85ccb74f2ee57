//! Uploading files.

use serde::{Deserialize, Serialize};

use crate::FileBytes;
use crate::operation::table::operations;

operations! {
    AuthenticationClient, "uploads";

    /// Uploads a file and answers its address.
    ///
    /// The file goes out as a multipart form. The published API description shows a JSON body here, which cannot carry
    /// a file; the form is what the vendor's browser and mobile clients send.
    UPLOAD_FILE = upload_file "upload": UserOptional,
        POST multipart "/api/v2/upload?folder&private", UploadDto => UploadDataDto;
}

/// A file to upload.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UploadDto {
    /// The file's content.
    pub file: FileBytes,
    /// The file's name, `file` unless set. Goes into the header of the file part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The file's media type, `application/octet-stream` unless set. Goes into the header of the file part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_type: Option<String>,
    /// The folder to put it into, such as `photos`. Travels in the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Whether only the owner may read it. Travels in the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
}

impl UploadDto {
    /// With everything that is required.
    pub fn new(file: impl Into<FileBytes>) -> Self {
        Self {
            file: file.into(),
            file_name: None,
            file_type: None,
            folder: None,
            private: None,
        }
    }

    /// Sets [`file_name`](Self::file_name).
    pub fn with_file_name(mut self, file_name: impl Into<String>) -> Self {
        self.file_name = Some(file_name.into());
        self
    }

    /// Sets [`file_type`](Self::file_type).
    pub fn with_file_type(mut self, file_type: impl Into<String>) -> Self {
        self.file_type = Some(file_type.into());
        self
    }

    /// Sets [`folder`](Self::folder).
    pub fn with_folder(mut self, folder: impl Into<String>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Sets [`private`](Self::private).
    pub fn with_private(mut self, private: bool) -> Self {
        self.private = Some(private);
        self
    }
}

/// An uploaded file.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UploadDataDto {
    /// Key the file is stored under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Address of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

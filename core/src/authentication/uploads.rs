//! Uploading files.

use crate::dto::answer;
use crate::dto::input;

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

input!(
    /// A file to upload.
    pub struct UploadDto {
        /// The file's content.
        pub file: FileBytes,
        /// The file's name, `file` unless set. Goes into the header of the file part.
        pub file_name: Option<String>,
        /// The file's media type, `application/octet-stream` unless set. Goes into the header of the file part.
        pub file_type: Option<String>,
        /// The folder to put it into, such as `photos`. Travels in the query.
        pub folder: Option<String>,
        /// Whether only the owner may read it. Travels in the query.
        pub private: Option<bool>,
    }
);

answer!(
    /// An uploaded file.
    pub struct UploadDataDto {
        /// Key the file is stored under.
        pub key: Option<String>,
        /// Address of the file.
        pub url: Option<String>,
    }
);

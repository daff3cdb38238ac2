"""What one OpenAPI document promised and another no longer keeps."""

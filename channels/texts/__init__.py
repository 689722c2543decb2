"""SMS and WhatsApp: webhooks in, the conversation's words out."""

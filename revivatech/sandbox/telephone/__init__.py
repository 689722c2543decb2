"""The stand-in for Twilio: its REST interface, its webhooks, and two telephones a person writes with by hand."""

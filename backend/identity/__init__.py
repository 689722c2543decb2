"""Who is asking: visitors of the website, staff and the assistant acting for one customer."""

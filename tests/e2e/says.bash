# says TEXT...: the last page holds each of them, as they stand in its HTML.
says() {
	local text
	for text; do
		[[ $body == *"$text"* ]] || is "a page with $text" "$body" page
	done
}
lacks() {
	local text
	for text; do
		[[ $body != *"$text"* ]] || is "a page without $text" "$body" page
	done
}

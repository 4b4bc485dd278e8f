#!/bin/sh
curl "https://no.example/#string" https://no.example/word # https://tea.example/comment
cat <<END
# https://no.example/here
END

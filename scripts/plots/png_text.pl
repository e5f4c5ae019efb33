#!/usr/bin/perl
# Adds the text on standard input to a PNG file as its description (an iTXt chunk behind the header):
#   png_text.pl FILE
use strict;
use warnings;

sub crc32 {
    my ($data) = @_;
    my $crc = 0xffffffff;
    for my $byte (unpack 'C*', $data) {
        $crc ^= $byte;
        $crc = $crc & 1 ? 0xedb88320 ^ ($crc >> 1) : $crc >> 1 for 1 .. 8;
    }
    return $crc ^ 0xffffffff;
}

my ($file) = @ARGV;
my $header = 33; # the signature's 8 bytes and IHDR's 25
local $/;
my $text = <STDIN>;
open my $in, '<:raw', $file or die "$file: $!\n";
my $png = <$in>;
close $in;
substr($png, 0, 16) eq "\x89PNG\r\n\x1a\n\0\0\0\rIHDR" or die "$file: not a PNG file\n";
my $body = "iTXtDescription\0\0\0\0\0" . $text;
my $chunk = pack('N', length($body) - 4) . $body . pack('N', crc32($body));
open my $out, '>:raw', "$file.part" or die "$file.part: $!\n";
print $out substr($png, 0, $header), $chunk, substr($png, $header);
close $out or die "$file.part: $!\n";
rename "$file.part", $file or die "$file: $!\n";

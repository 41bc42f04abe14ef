#!/usr/bin/perl
# Reads outputs of a plugin from standard input, a NUL after each, and answers for each how many performance data it has, a
# line each. Says on standard error what is wrong with them and ends with 1 then.
#
# The judges are Monitoring::Plugin's own Performance and Range. They let much pass that graphers do not, and know no
# unknown value (U): so the guidelines' grammar is asked first.
use strict;
use warnings;
use Monitoring::Plugin::Performance;
use Monitoring::Plugin::Range;

my $number = qr/-?[0-9]+(?:\.[0-9]+)?/;
my $label  = qr/'(?:[^'=]|'')+'|[^\s'=]+/;
my $entry  = qr/($label)=(?:(U)|($number)(|s|ms|us|%|B|KB|MB|TB|c))((?:;[^;\s]*){0,4})/;
my $wrong  = 0;

sub complain {
    my ($what, $text) = @_;
    print STDERR "$what: $text\n";
    $wrong = 1;
}

# As Nagios does: behind the bar of the first line, and all that is behind the first bar after it.
sub perfdata_of {
    my ($first, $rest) = split /\n/, $_[0], 2;
    my (undef, $perf) = split /\|/, $first, 2;
    my (undef, $more) = split /\|/, $rest // '', 2;
    $more =~ s/\n/ /g if defined $more;
    return join ' ', grep { defined && /\S/ } $perf, $more;
}

sub check_ranges {
    my ($what, $fields) = @_;
    my (undef, $warning, $critical, $minimum, $maximum) = split /;/, $fields;
    for my $range (grep { defined && length } $warning, $critical) {
        complain('no range', $what) unless defined Monitoring::Plugin::Range->parse_range_string($range);
    }
    for my $limit (grep { defined && length } $minimum, $maximum) {
        complain('no limit', $what) unless $limit =~ /^$number$/;
    }
}

# The entries as the grammar has them: [label, value, unit]; no value for U.
sub entries_of {
    my ($perf) = @_;
    my (@found, %begun);
    $perf =~ s/^\s+|\s+$//g;
    while (length $perf) {
        if ($perf !~ s/^$entry(?:\s+|$)//) {
            complain('not performance data', $perf);
            last;
        }
        my ($name, $value, $unit, $fields) = ($1, $3, $4, $5);
        check_ranges("$name=...$fields", $fields);
        $name =~ s/^'(.*)'$/$1/;
        complain('same first 19 characters', $name) if $begun{substr $name, 0, 19}++;
        push @found, [$name, $value, $unit];
    }
    return @found;
}

sub compare {
    my ($perf, @known) = @_;
    $perf =~ s/(?:$label)=U\S*//g;
    my @read = Monitoring::Plugin::Performance->parse_perfstring($perf);
    @known = grep { defined $_->[1] } @known;
    return complain('read ' . @read . ' of ' . @known, $perf) if @read != @known;
    for my $i (0 .. $#read) {
        my ($name, $value, $unit) = @{$known[$i]};
        next if $read[$i]->label eq $name && $read[$i]->value == $value && $read[$i]->uom eq $unit;
        complain('read as something else', "$name=$value$unit as " . $read[$i]->perfoutput);
    }
}

local $/ = "\0";
while (my $output = <STDIN>) {
    chomp $output;
    my $perf = perfdata_of($output);
    my @entries = entries_of($perf);
    compare($perf, @entries) unless $wrong;
    print scalar(@entries), "\n";
}
exit $wrong;

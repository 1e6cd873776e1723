# SPDX-License-Identifier: LGPL-2.1-or-later

# The verb on the line.
function __qember_verb
    for word in (commandline -opc)[2..]
        if not string match -q -- '-*' $word
            echo $word
            return 0
        end
    end
    return 1
end

function __qember_is
    test "$(__qember_verb)" = $argv[1]
end

# KIND: a name a line of the file on the line, of those that a terminal may see as they are.
function __qember_names
    set -l what 's/^{"record":"section","name":"\([^"\\\\]*\)","instance":\([0-9]*\),.*/\1\/\2/p'
    test $argv[1] = blocks; and set what 's/^{"record":"block","name":"\([^"\\\\]*\)",.*/\1/p'
    for word in (commandline -opc)[3..]
        if test -f $word
            command qember ls --json -- $word 2>/dev/null | sed -n $what
            return
        end
    end
end

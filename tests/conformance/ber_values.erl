%% SPDX-License-Identifier: LGPL-2.1-or-later
%% Erlang's decoder and encoder on a QemuFile, beside ours.
%%
%%   json FILE               it as JSON, in the form of our asn1 layer
%%   edit FILE OUT           the first integer of the first device raised by 2^20, the last byte of the first
%%                           page flipped, and all of it encoded again
%%   der FILE OUT            all of it encoded again in DER, where the schema was compiled with +der
-module(ber_values).
-export([main/1]).

main(["json", File]) ->
    io:put_chars([json(qemu_file, read(File)), $\n]);
main(["edit", File, Out]) ->
    ok = file:write_file(Out, write(edit(read(File))));
main(["der", File, Out]) ->
    {'QemuFile', Version, Top} = read(File),
    List = [encoded(Section) || Section <- Top],
    ok = file:write_file(Out, definite(<<16#7f, 16#cd, 16#c5, 16#51>>, [<<2, 1, Version>>, definite(<<16#30>>, List)])).

%% The tag of QemuFile is beyond what Erlang's decoder takes: what is around the sections is done by hand.
read(File) ->
    {ok, <<16#7f, 16#cd, 16#c5, 16#51, Rest/binary>>} = file:read_file(File),
    <<2, 1, Version, 16#30, Top/binary>> = skip_length(Rest),
    {'QemuFile', Version, sections(skip_length(Top))}.

skip_length(<<0:1, _:7, Rest/binary>>) -> Rest;
skip_length(<<1:1, Bytes:7, _:Bytes/binary, Rest/binary>>) -> Rest.

sections(<<>>) -> [];
sections(<<0, 0, 0, 0>>) -> [];
sections(Bytes) ->
    {ok, Section, Rest} = 'Qemu':decode('Sections', Bytes),
    [Section | sections(Rest)].

write({'QemuFile', Version, Top}) ->
    Sections = [encoded(Section) || Section <- Top],
    [<<16#7f, 16#cd, 16#c5, 16#51, 16#80, 2, 1, Version, 16#30, 16#80>>, Sections, <<0, 0, 0, 0>>].

encoded(Section) ->
    {ok, Bytes} = 'Qemu':encode('Sections', Section),
    Bytes.

%% With a length in the shortest form (X.690 10.1).
definite(Tag, Contents) ->
    case iolist_size(Contents) of
        Size when Size < 128 -> [Tag, Size, Contents];
        Size -> Length = binary:encode_unsigned(Size), [Tag, 128 + byte_size(Length), Length, Contents]
    end.

%% Records are tuples with their name in front.

json(qemu_file, {'QemuFile', Version, Top}) ->
    object([{"version", json(int, Version)}, {"top", list(section, Top)}]);
json(section, {full, {'SecFull', Name, Id, Instance, Version, Contents, _Mark}}) ->
    object([{"full", object([{"name", json(text, Name)}, {"sectionid", json(int, Id)},
                             {"instanceid", json(int, Instance)}, {"versionid", json(int, Version)},
                             {"contents", json(contents, Contents)}, {"secendmark", "null"}])}]);
json(section, {min, {'SecMin', Id, {ramsec, Blocks}, _Mark}}) ->
    object([{"min", object([{"sectionid", json(int, Id)},
                            {"contents", object([{"ramsec", list(ram_block, Blocks)}])},
                            {"secendmark", "null"}])}]);
json(contents, {ramblid, {'RAMBlockList', Total, Blocks}}) ->
    object([{"ramblid", object([{"totalram", json(int, Total)}, {"blocks", list(block_id, Blocks)}])}]);
json(contents, {vmstate, {vmstateentries, Entries}}) ->
    object([{"vmstate", object([{"vmstateentries", list(entry, Entries)}])}]);
json(contents, {oldblob, Bytes}) ->
    object([{"oldblob", json(bytes, Bytes)}]);
json(block_id, {'RAMBlockID', Name, Length}) ->
    object([{"name", json(text, Name)}, {"len", json(int, Length)}]);
json(ram_block, {'RAMSecBlock', Name, Pages}) ->
    object([{"name", json(text, Name)}, {"pagelist", list(page, Pages)}]);
json(page, {compr, Address}) ->
    object([{"compr", json(int, Address)}]);
json(page, {fullpage, {'FullPage', Address, Data}}) ->
    object([{"fullpage", data(Address, Data)}]);
json(page, {xbzrle, {'XBZRLEPage', Address, Data}}) ->
    object([{"xbzrle", data(Address, Data)}]);
json(page, {hook, _}) ->
    object([{"hook", "null"}]);
json(entry, {array, Entries}) ->
    object([{"array", list(entry, Entries)}]);
json(entry, {bool, Value}) ->
    object([{"bool", atom_to_list(Value)}]);
json(entry, {int, Value}) ->
    object([{"int", json(int, Value)}]);
json(entry, {oldblob, Bytes}) ->
    object([{"oldblob", json(bytes, Bytes)}]);
json(entry, {subsecl, Subsections}) ->
    object([{"subsecl", list(subsection, Subsections)}]);
json(subsection, {'SubSection', Name, Version, Contents}) ->
    object([{"name", json(text, Name)}, {"versionid", json(int, Version)}, {"contents", list(entry, Contents)}]);
json(int, Value) ->
    integer_to_list(Value);
json(bytes, Bytes) ->
    [$", [io_lib:format("~2.16.0b", [Byte]) || <<Byte>> <= Bytes], $"];
json(text, Text) ->
    [$", Text, $"].

data(Address, Data) ->
    object([{"addr", json(int, Address)}, {"data", json(bytes, Data)}]).
list(Kind, Values) ->
    [$[, lists:join($,, [json(Kind, Value) || Value <- Values]), $]].
object(Members) ->
    [${, lists:join($,, [[$", Name, "\":", Value] || {Name, Value} <- Members]), $}].

edit({'QemuFile', Version, Top}) ->
    {'QemuFile', Version, edit_first(fun edit_page/1, edit_first(fun edit_device/1, Top))}.

%% Changes the first element that Fun does not leave as it is.
edit_first(_Fun, []) -> [];
edit_first(Fun, [First | Rest]) ->
    case Fun(First) of
        First -> [First | edit_first(Fun, Rest)];
        Changed -> [Changed | Rest]
    end.

edit_device({full, {'SecFull', Name, Id, Instance, Version, {vmstate, {vmstateentries, Entries}}, Mark}})
  when Name =/= <<"qember">>, Name =/= "qember" ->
    {full, {'SecFull', Name, Id, Instance, Version, {vmstate, {vmstateentries, edit_first(fun edit_int/1, Entries)}}, Mark}};
edit_device(Other) -> Other.

edit_int({int, Value}) -> {int, Value + (1 bsl 20)};
edit_int({array, Entries}) -> {array, edit_first(fun edit_int/1, Entries)};
edit_int(Other) -> Other.

edit_page({min, {'SecMin', Id, {ramsec, Blocks}, Mark}}) ->
    {min, {'SecMin', Id, {ramsec, edit_first(fun edit_block/1, Blocks)}, Mark}};
edit_page(Other) -> Other.

edit_block({'RAMSecBlock', Name, Pages}) ->
    {'RAMSecBlock', Name, edit_first(fun edit_full/1, Pages)}.

edit_full({fullpage, {'FullPage', Address, Data}}) ->
    Size = byte_size(Data) - 1,
    <<Front:Size/binary, Last>> = Data,
    {fullpage, {'FullPage', Address, <<Front/binary, (Last bxor 255)>>}};
edit_full(Other) -> Other.

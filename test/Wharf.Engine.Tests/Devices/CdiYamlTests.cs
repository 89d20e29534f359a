using System.Text;
using Wharf.Engine.Devices;
using Wharf.Primitives;

namespace Wharf.Engine.Tests.Devices;

public sealed class CdiYamlTests
{
    [Theory]
    [InlineData("a: b", """{"a":"b"}""")]
    [InlineData("a: 12\nb: -3\nc: \"12\"\nd: 1.5", """{"a":12,"b":-3,"c":"12","d":"1.5"}""")]
    [InlineData("a: 0o660\nb: 0660\nc: 0x10\nd: 0\ne: 089", """{"a":432,"b":432,"c":16,"d":0,"e":"089"}""")]
    [InlineData("a: true\nb: False\nc: 'true'\nd: yes", """{"a":true,"b":false,"c":"true","d":"yes"}""")]
    [InlineData("a:\nb: ~\nc: null\nd: ''", """{"a":null,"b":null,"c":null,"d":""}""")]
    [InlineData("- {x: [1, y]}\n- |\n  two\n  lines", """[{"x":[1,"y"]},"two\nlines"]""")]
    [InlineData("---\n# a comment\na: b # another\n...\n", """{"a":"b"}""")]
    [InlineData("0123: 4", """{"0123":4}""")]
    public void ToJson_PlainAndQuotedWords_AreWhatTheSchemaSays(string yaml, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(CdiYaml.ToJson(new StringReader(yaml))));

    [Theory]
    [InlineData("a: &x b\nc: *x", "aliases are not supported")]
    [InlineData("a: b\n---\nc: d", "more than one document")]
    [InlineData("a: [b", "line ")]
    [InlineData("a: b\n  c: d", "line 2")]
    [InlineData("", "line ")]
    public void ToJson_WhatItCannotTake_IsRefused(string yaml, string expected) =>
        Assert.Contains(expected, Assert.Throws<WharfException>(() => CdiYaml.ToJson(new StringReader(yaml))).Message);

    [Fact]
    public void ToJson_TooDeep_IsRefused() =>
        Assert.Contains("too deeply", Assert.Throws<WharfException>(() => CdiYaml.ToJson(new StringReader(new string('[', 100)))).Message);
}

using Wharf.Templates.Values;

namespace Wharf.Templates.Tests;

public sealed class TemplateErrorTests
{
    private static readonly TemplateStruct Data = new("*formatter.ContainerContext",
    [
        new("ID", "abc"),
        new("Labels", "a=b"),
        new("Count", 3L),
    ]);

    [Theory]
    [InlineData("{{.ID", "template: :1: unclosed action")]
    [InlineData("{{foo}}", "template: :1: function \"foo\" not defined")]
    [InlineData("{{", "template: :1: unclosed action")]
    [InlineData("{{}}", "template: :1: missing value for command")]
    [InlineData("{{end}}", "template: :1: unexpected {{end}}")]
    [InlineData("{{if .ID}}", "template: :1: unexpected EOF")]
    [InlineData("{{if}}x{{end}}", "template: :1: missing value for if")]
    [InlineData("{{else}}", "template: :1: unexpected {{else}}")]
    [InlineData("{{\"abc}}", "template: :1: unterminated quoted string")]
    [InlineData("{{`abc}}", "template: :1: unterminated raw quoted string")]
    [InlineData("{{/* abc}}", "template: :1: unclosed comment")]
    [InlineData("{{(.ID}}", "template: :1: unclosed left paren")]
    [InlineData("{{.ID)}}", "template: :1: unexpected right paren")]
    [InlineData("{{$x}}", "template: :1: undefined variable \"$x\"")]
    [InlineData("{{3 | 4}}", "template: :1: non executable command in pipeline stage 2")]
    [InlineData("{{break}}", "template: :1: {{break}} outside {{range}}")]
    [InlineData("{{1a}}", "template: :1: bad number syntax: \"1a\"")]
    [InlineData("\n\n{{foo}}", "template: :3: function \"foo\" not defined")]
    [InlineData("{{.ID}", "template: :1: bad character U+007D '}'")]
    public void Parse_BrokenTemplate_GivesGoText(string template, string expected) =>
        Assert.Equal(expected, Assert.Throws<TemplateException>(() => Template.Parse(template)).Message);

    [Theory]
    [InlineData("{{.Foo}}", "template: :1:2: executing \"\" at <.Foo>: can't evaluate field Foo in type *formatter.ContainerContext")]
    [InlineData("{{upper 3}}", "template: :1:8: executing \"\" at <3>: expected string; found 3")]
    [InlineData("{{upper .Count}}", "template: :1:8: executing \"\" at <.Count>: wrong type for value; expected string; got int")]
    [InlineData("{{upper}}", "template: :1:2: executing \"\" at <upper>: wrong number of args for upper: want 1 got 0")]
    [InlineData("{{range .ID}}{{.}}{{end}}", "template: :1:8: executing \"\" at <.ID>: range can't iterate over abc")]
    [InlineData("{{index .Labels 1 2}}", "template: :1:2: executing \"\" at <index .Labels 1 2>: error calling index: can't index item of type int")]
    [InlineData("{{eq .ID 1}}", "template: :1:2: executing \"\" at <eq .ID 1>: error calling eq: incompatible types for comparison")]
    [InlineData("{{template \"x\"}}", "template: :1:11: executing \"\" at <{{template \"x\"}}>: template \"x\" not defined")]
    [InlineData("{{index .ID 100}}", "template: :1:2: executing \"\" at <index .ID 100>: error calling index: index out of range: 100")]
    [InlineData("{{.ID.Foo}}", "template: :1:5: executing \"\" at <.ID.Foo>: can't evaluate field Foo in type interface {}")]
    [InlineData("{{.ID 1}}", "template: :1:2: executing \"\" at <.ID>: ID has arguments but cannot be invoked as function")]
    public void Execute_WrongUse_GivesGoText(string template, string expected) =>
        Assert.Equal(expected, Assert.Throws<TemplateException>(() => Template.Parse(template).Execute(Data)).Message);

    [Fact]
    public void Execute_MissingKeyIsError_NamesTheKey()
    {
        object? data = TemplateJson.Read("{}"u8);
        var error = Assert.Throws<TemplateException>(() => Template.Parse("{{.Foo}}").Execute(data, new TemplateOptions { MissingKeyIsError = true }));
        Assert.Equal("template: :1:2: executing \"\" at <.Foo>: map has no entry for key \"Foo\"", error.Message);
    }
}

using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wharf.Templates.Values;

namespace Wharf.Templates.Tests;

public sealed class TemplateBoundsTests
{
    [Theory]
    [InlineData("{{define \"a\"}}{{template \"a\"}}{{end}}{{template \"a\"}}", "exceeded maximum template depth")]
    [InlineData("{{range 1000000000}}{{end}}", "exceeded maximum number of steps")]
    [InlineData("{{range 1000}}{{range 1000}}{{printf \"%1000d\" 1}}{{end}}{{end}}", "output is larger than")]
    [InlineData("{{pad \"x\" 99999999999 0}}", "Repeat count")]
    public void Execute_GreedyTemplate_IsStopped(string template, string expected)
    {
        var options = new TemplateOptions { MaxOutput = 1 << 20, MaxSteps = 200_000 };
        var error = Assert.Throws<TemplateException>(() => Template.Parse(template).Execute(null, options));
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Execute_DoublingString_IsStopped()
    {
        var text = new StringBuilder("{{$x := \"0123456789\"}}");
        for (int i = 0; i < 60; i++)
        {
            text.Append("{{$x = print $x $x}}");
        }

        var error = Assert.Throws<TemplateException>(() => Template.Parse(text.ToString()).Execute(null, new TemplateOptions { MaxOutput = 1 << 20 }));
        Assert.Contains("result is larger than", error.Message);
    }

    [Theory]
    [InlineData("(", ")", "1")]
    [InlineData("{{if true}}", "{{end}}", "")]
    public void Parse_DeepNesting_IsAnErrorAndNotACrash(string open, string close, string inner)
    {
        string body = string.Concat(Enumerable.Repeat(open, 100_000)) + inner + string.Concat(Enumerable.Repeat(close, 100_000));
        string template = open == "(" ? "{{" + body + "}}" : body;
        Assert.Contains("max expression depth exceeded", Assert.Throws<TemplateException>(() => Template.Parse(template)).Message);
    }

    private static readonly string[] Pieces =
    [
        "{{", "}}", "{{- ", " -}}", ".", "$", "$x", ":=", "=", "|", "(", ")", ",", "\"s\"", "`r`", "'c'", "1", "-1", "0x1", "1.5", "nil", "true",
        "if ", "else ", "end", "range ", "with ", "define \"d\"", "template \"d\"", "block \"b\" .", "break", "continue", ".Name", ".List", ".Map.z",
        "printf ", "\"%d%s%v\"", "index ", "len ", "slice ", "eq ", "json ", "join ", "upper ", "and ", "or ", "not ", "print ", " ", "\n", "text", "é", "\0", "{", "}", "/*", "*/",
    ];

    [Fact]
    public void ParseAndExecute_RandomPieces_FailOnlyWithTemplateErrors()
    {
        object? data = TemplateJson.Read("""{"Name":"n","List":[1,"a",null],"Map":{"z":{"y":1}}}"""u8);
        Gen<string> templates = Gen.Elements(Pieces).ListOf().Select(p => string.Concat(p));
        Prop.ForAll(templates.ToArbitrary(), text =>
        {
            foreach (string candidate in new[] { text, "{{" + text + "}}" })
            {
                try
                {
                    Template.Parse(candidate).Execute(data, new TemplateOptions { MaxOutput = 1 << 16, MaxSteps = 10_000 });
                }
                catch (TemplateException e)
                {
                    Assert.NotEmpty(e.Message);
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Fact]
    public void Quote_AnyString_UnquotesToItself() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            // lone surrogates have no UTF-8 form: they become the replacement character, as in Go
            string valid = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get));
            Assert.True(Formatting.GoQuote.TryUnquote(Formatting.GoQuote.Quote(valid), out string? back));
            Assert.Equal(valid, back);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Json_AnyString_ReadsBack() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            string valid = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get));
            Assert.Equal(valid, TemplateJson.Read(Encoding.UTF8.GetBytes(TemplateJson.Write(valid))));
        }).QuickCheckThrowOnFailure();
}

using Wharf.Templates.Values;

namespace Wharf.Templates.Tests;

public sealed class TemplateOutputTests
{
    private static readonly object? Data = TemplateJson.Read("""
        {"Name":"web","Count":3,"Ratio":1.5,"On":true,"Off":false,"None":null,"Empty":[],"List":["a","b","c"],
         "Map":{"z":"26","a":"1"},"Nested":{"Deep":{"Value":"x"}},"Items":[{"N":1},{"N":2}],"Text":"<a href='x'>&\"é"}
        """u8);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{{.Name}}", "web")]
    [InlineData("{{.Count}} {{.Ratio}} {{.On}}", "3 1.5 true")]
    [InlineData("{{.None}}|{{.Nothing}}", "<no value>|<no value>")]
    [InlineData("{{.Map}}", "map[a:1 z:26]")]
    [InlineData("{{.List}}", "[a b c]")]
    [InlineData("{{.Nested.Deep.Value}}", "x")]
    [InlineData("{{.Nested.Deep}}", "map[Value:x]")]
    [InlineData("{{if .On}}yes{{else}}no{{end}}", "yes")]
    [InlineData("{{if .Off}}yes{{else if .Count}}count{{else}}no{{end}}", "count")]
    [InlineData("{{with .Nested}}{{.Deep.Value}}{{end}}", "x")]
    [InlineData("{{with .None}}a{{else with .Name}}{{.}}{{end}}", "web")]
    [InlineData("{{range .List}}{{.}},{{end}}", "a,b,c,")]
    [InlineData("{{range $i, $e := .List}}{{$i}}={{$e}} {{end}}", "0=a 1=b 2=c ")]
    [InlineData("{{range $k, $v := .Map}}{{$k}}:{{$v}};{{end}}", "a:1;z:26;")]
    [InlineData("{{range .Empty}}x{{else}}none{{end}}", "none")]
    [InlineData("{{range .List}}{{if eq . \"b\"}}{{break}}{{end}}{{.}}{{end}}", "a")]
    [InlineData("{{range .List}}{{if eq . \"b\"}}{{continue}}{{end}}{{.}}{{end}}", "ac")]
    [InlineData("{{range 3}}{{.}}{{end}}", "012")]
    [InlineData("{{range .Items}}{{.N}}{{$.Name}}{{end}}", "1web2web")]
    [InlineData("{{$x := 1}}{{range .List}}{{$x = 2}}{{end}}{{$x}}", "2")]
    [InlineData("{{$x := .Name}}{{$x}}{{with $y := .Count}}{{$y}}{{end}}", "web3")]
    [InlineData("a  {{- .Name -}}  b", "awebb")]
    [InlineData("a {{- /* note */ -}} b", "ab")]
    [InlineData("a{{/* note */}}b", "ab")]
    [InlineData("{{define \"t\"}}[{{.}}]{{end}}{{template \"t\" .Name}}", "[web]")]
    [InlineData("{{block \"t\" .Count}}<{{.}}>{{end}}", "<3>")]
    [InlineData("{{.Name | printf \"%s-%s\" \"a\"}}", "a-web")]
    [InlineData("{{(index .Items 1).N}}", "2")]
    [InlineData("{{index .Map \"z\"}}{{index .List 0}}", "26a")]
    [InlineData("{{index .Map \"nope\"}}", "<no value>")]
    [InlineData("{{slice .List 1 2}}{{slice .Name 1}}", "[b]eb")]
    [InlineData("{{len .Name}}{{len .List}}{{len .Map}}", "332")]
    [InlineData("{{and .On .Name}}{{or .Off .Name}}{{not .On}}", "webwebfalse")]
    [InlineData("{{or .Off (index .Map \"a\")}}", "1")]
    [InlineData("{{and .Off (index .List 99)}}", "false")]
    [InlineData("{{eq .Count 3}}{{eq .Name \"a\" \"web\"}}{{ne 1 2}}{{lt 1 2}}{{le 2 2}}{{gt 1 2}}{{ge 1 2}}", "truetruetruetruetruefalsefalse")]
    [InlineData("{{print 1 2 \"a\" \"b\" 3}}|{{println 1 \"a\"}}", "1 2ab3|1 a\n")]
    [InlineData("{{html .Text}}", "&lt;a href=&#39;x&#39;&gt;&amp;&#34;é")]
    [InlineData("{{js .Text}}", "\\u003Ca href\\u003D\\'x\\'\\u003E\\u0026\\\"é")]
    [InlineData("{{urlquery .Text}}", "%3Ca+href%3D%27x%27%3E%26%22%C3%A9")]
    [InlineData("{{json .Text}}{{json .Items}}{{json .None}}", "\"<a href='x'>&\\\"é\"[{\"N\":1},{\"N\":2}]null")]
    [InlineData("{{upper .Name}}{{lower \"AB\"}}{{title \"hello big world\"}}", "WEBabHello Big World")]
    [InlineData("{{pad .Name 2 1}}|{{truncate .Name 2}}|{{truncate .Name 9}}|{{join .List \"/\"}}|{{split \"a.b\" \".\"}}", "  web |we|web|a/b/c|[a b]")]
    [InlineData("{{`raw\\n`}}{{\"q\\n\\u00e9\\x41\"}}{{'a'}}", "raw\\nq\néA97")]
    [InlineData("{{0x10}} {{0b11}} {{1_000}} {{1e3}} {{-5}} {{.5}} {{0o17}} {{017}}", "16 3 1000 1000 -5 0.5 15 15")]
    [InlineData("{{true}}{{$}}", "truemap[")]
    public void Execute_KnownData_GivesGoOutput(string template, string expected)
    {
        string actual = Template.Parse(template).Execute(Data);
        if (expected.EndsWith("map[", StringComparison.Ordinal))
        {
            Assert.StartsWith(expected, actual);
        }
        else
        {
            Assert.Equal(expected, actual);
        }
    }

    [Theory]
    [InlineData("%d|%5d|%-5d|%05d|%+d", "[42,42,42,42,42]", "42|   42|42   |00042|+42")]
    [InlineData("%s|%5s|%-5s|%.2s|%q", "[\"abc\",\"abc\",\"abc\",\"abc\",\"a\\\"b\"]", "abc|  abc|abc  |ab|\"a\\\"b\"")]
    [InlineData("%x|%X|%#x|%o|%b|%c|%U", "[255,255,255,8,5,65,233]", "ff|FF|0xff|10|101|A|U+00E9")]
    [InlineData("%x|% x|%X", "[\"hi\",\"hi\",\"hi\"]", "6869|68 69|6869")]
    [InlineData("%f|%.2f|%8.3f|%e|%g|%v", "[1.5,1.239,3.14159,1234.5678,1e21,1e20]", "1.500000|1.24|   3.142|1.234568e+03|1e+21|1e+20")]
    [InlineData("%t|%v|%v", "[true,null,[1,\"a\"]]", "true|<nil>|[1 a]")]
    [InlineData("%d %s", "[\"x\",1]", "%!d(string=x) %!s(int=1)")]
    [InlineData("%d %d", "[1]", "1 %!d(MISSING)")]
    [InlineData("%d", "[1,2]", "1%!(EXTRA int=2)")]
    [InlineData("%[2]d %[1]d", "[1,2]", "2 1")]
    [InlineData("%*d|%%|%", "[5,1]", "    1|%|%!(NOVERB)")]
    [InlineData("%q", "[[\"a\",\"b\"]]", "[\"a\" \"b\"]")]
    [InlineData("%T %T %T", "[1,\"a\",1.5]", "int string float64")]
    [InlineData("%!", "[]", "%!!(MISSING)")]
    [InlineData("%6.2f%%", "[12.345]", " 12.35%")]
    public void Printf_Verbs_MatchFmt(string format, string arguments, string expected)
    {
        var list = (IReadOnlyList<object?>)TemplateJson.Read(System.Text.Encoding.UTF8.GetBytes(arguments))!;
        Assert.Equal(expected, Formatting.GoPrintf.Format(format, list));
    }

    [Theory]
    [InlineData(1e20, "1e+20")]
    [InlineData(123456789.0, "1.23456789e+08")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(100000, "100000")]
    [InlineData(0.1, "0.1")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(0, "0")]
    public void Shortest_GoesToExponentsLikeGo(double value, string expected) =>
        Assert.Equal(expected, Formatting.GoFloat.Shortest(value));

    [Fact]
    public void Object_MembersAndMethods_AreReached()
    {
        var data = new TemplateStruct("*formatter.Thing",
        [
            new("ID", "abc"),
            new("Label", new TemplateMethod(1, a => "label:" + a[0])),
        ]);
        Assert.Equal("abc label:x", Template.Parse("{{.ID}} {{.Label \"x\"}}").Execute(data));
    }
}

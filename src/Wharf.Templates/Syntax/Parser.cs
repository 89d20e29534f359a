using Wharf.Templates.Formatting;

namespace Wharf.Templates.Syntax;

/// <summary>
/// Recursive descent over the tokens, in the shape of Go's parser so that its error texts come out the same. Definitions
/// (<c>define</c>, <c>block</c>) are collected beside the main tree.
/// </summary>
internal sealed partial class Parser
{
    // Go's limit is the stack; ours is a number, so that a hostile format is an error and not a crash
    private const int MaxDepth = 500;

    private readonly string _name;
    private readonly List<Token> _tokens;
    private readonly Func<string, bool> _isFunction;
    private readonly Dictionary<string, ListNode> _definitions;
    private readonly List<string> _variables = ["$"];
    private int _next;
    private int _depth;
    private int _rangeDepth;
    private Token _last;

    private Parser(string name, string text, Func<string, bool> isFunction, Dictionary<string, ListNode> definitions)
    {
        _name = name;
        _tokens = Lexer.Scan(text);
        _isFunction = isFunction;
        _definitions = definitions;
    }

    /// <summary>The main tree; definitions are added to <paramref name="definitions"/>.</summary>
    /// <exception cref="TemplateException">With Go's text.</exception>
    public static ListNode Parse(string name, string text, Func<string, bool> isFunction, Dictionary<string, ListNode> definitions) =>
        new Parser(name, text, isFunction, definitions).ParseAll();

    private ListNode ParseAll()
    {
        var nodes = new List<Node>();
        while (Peek().Kind != TokenKind.EndOfText)
        {
            if (Peek().Kind == TokenKind.LeftDelimiter)
            {
                int mark = _next;
                Next();
                if (NextNonSpace() is { Kind: TokenKind.Keyword, Value: "define" })
                {
                    ParseDefinition();
                    continue;
                }

                _next = mark;
            }

            (Node? node, string? stop) = TextOrAction();
            if (stop is not null)
            {
                throw Error($"unexpected {StopText(stop)}");
            }

            nodes.Add(node!);
        }

        return new ListNode(0, nodes);
    }

    private void ParseDefinition()
    {
        const string Context = "define clause";
        Token name = NextNonSpace();
        if (name.Kind is not (TokenKind.String or TokenKind.RawString))
        {
            throw Unexpected(name, Context);
        }

        Token close = NextNonSpace();
        if (close.Kind != TokenKind.RightDelimiter)
        {
            throw Unexpected(close, Context);
        }

        List<string> outer = [.. _variables];
        int outerRange = _rangeDepth;
        _rangeDepth = 0;
        _variables.Clear();
        _variables.Add("$");
        (ListNode body, string stop) = ItemList();
        if (stop != "end")
        {
            throw Error($"unexpected {StopText(stop)} in {Context}");
        }

        _variables.Clear();
        _variables.AddRange(outer);
        _rangeDepth = outerRange;
        Define(Unquote(name), body);
    }

    private void Define(string name, ListNode body)
    {
        bool isEmpty = body.Nodes.All(n => n is TextNode text && string.IsNullOrWhiteSpace(text.Text));
        if (!isEmpty || !_definitions.ContainsKey(name))
        {
            _definitions[name] = body;
        }
    }

    /// <summary>Nodes up to and including an <c>end</c> or <c>else</c>, whose word is returned.</summary>
    private (ListNode List, string Stop) ItemList()
    {
        var nodes = new List<Node>();
        int position = PeekNonSpace().Position;
        while (PeekNonSpace().Kind != TokenKind.EndOfText)
        {
            (Node? node, string? stop) = TextOrAction();
            if (stop is not null)
            {
                return (new ListNode(position, nodes), stop);
            }

            nodes.Add(node!);
        }

        NextNonSpace();
        throw Error("unexpected EOF");
    }

    private (Node? Node, string? Stop) TextOrAction()
    {
        Token token = NextNonSpace();
        switch (token.Kind)
        {
            case TokenKind.Text:
                return (new TextNode(token.Position, token.Value), null);
            case TokenKind.LeftDelimiter:
                Enter();
                (Node?, string?) result = Action();
                _depth--;
                return result;
            default:
                throw Unexpected(token, "input");
        }
    }

    private (Node? Node, string? Stop) Action()
    {
        Token token = NextNonSpace();
        if (token.Kind == TokenKind.Keyword)
        {
            switch (token.Value)
            {
                case "block":
                    return (Block(), null);
                case "break":
                    return (LoopControl(token), null);
                case "continue":
                    return (LoopControl(token), null);
                case "else":
                    return (null, ElseControl());
                case "end":
                    Expect(TokenKind.RightDelimiter, "end");
                    return (null, "end");
                case "if":
                    return (Branch(BranchKind.If, "if", token.Position), null);
                case "with":
                    return (Branch(BranchKind.With, "with", token.Position), null);
                case "range":
                    return (Branch(BranchKind.Range, "range", token.Position), null);
                case "template":
                    return (TemplateCall(), null);
            }
        }

        Backup();
        Token first = Peek();
        return (new ActionNode(first.Position, Pipeline("command", TokenKind.RightDelimiter)), null);
    }

    private Node LoopControl(Token token)
    {
        Token close = NextNonSpace();
        if (close.Kind != TokenKind.RightDelimiter)
        {
            throw Unexpected(close, "{{" + token.Value + "}}");
        }

        if (_rangeDepth == 0)
        {
            throw Error("{{" + token.Value + "}} outside {{range}}");
        }

        return token.Value == "break" ? new BreakNode(token.Position) : new ContinueNode(token.Position);
    }

    /// <summary>The words after <c>else</c> stay for the branch that reads them.</summary>
    private string ElseControl()
    {
        Token peek = PeekNonSpace();
        if (peek is { Kind: TokenKind.Keyword, Value: "if" or "with" })
        {
            return "else " + peek.Value;
        }

        Expect(TokenKind.RightDelimiter, "else");
        return "else";
    }

    private BranchNode Branch(BranchKind kind, string context, int position)
    {
        Enter();
        int mark = _variables.Count;
        PipeNode pipe = Pipeline(context, TokenKind.RightDelimiter);
        _rangeDepth += kind == BranchKind.Range ? 1 : 0;
        (ListNode body, string stop) = ItemList();
        _rangeDepth -= kind == BranchKind.Range ? 1 : 0;
        ListNode? otherwise = null;
        if (stop is "else if" or "else with")
        {
            string word = stop[5..];
            if (kind == BranchKind.Range || (kind == BranchKind.If) != (word == "if"))
            {
                throw Unexpected(NextNonSpace(), "else");
            }

            Token keyword = NextNonSpace();
            otherwise = new ListNode(keyword.Position, [Branch(kind, word, keyword.Position)]);
        }
        else if (stop == "else")
        {
            (otherwise, stop) = ItemList();
            if (stop != "end")
            {
                throw Error($"expected end; found {StopText(stop)}");
            }
        }

        _variables.RemoveRange(mark, _variables.Count - mark);
        _depth--;
        return new BranchNode(position, kind, pipe, body, otherwise);
    }

    private TemplateNode Block()
    {
        const string Context = "block clause";
        Token token = NextNonSpace();
        string name = TemplateName(token, Context);
        PipeNode pipe = Pipeline(Context, TokenKind.RightDelimiter);
        List<string> outer = [.. _variables];
        _variables.Clear();
        _variables.Add("$");
        (ListNode body, string stop) = ItemList();
        if (stop != "end")
        {
            throw Error($"unexpected {StopText(stop)} in {Context}");
        }

        _variables.Clear();
        _variables.AddRange(outer);
        Define(name, body);
        return new TemplateNode(token.Position, name, pipe);
    }

    private TemplateNode TemplateCall()
    {
        const string Context = "template clause";
        Token token = NextNonSpace();
        string name = TemplateName(token, Context);
        PipeNode? pipe = null;
        if (NextNonSpace().Kind != TokenKind.RightDelimiter)
        {
            Backup();
            pipe = Pipeline(Context, TokenKind.RightDelimiter);
        }

        return new TemplateNode(token.Position, name, pipe);
    }

    private string TemplateName(Token token, string context) =>
        token.Kind is TokenKind.String or TokenKind.RawString ? Unquote(token) : throw Unexpected(token, context);

    private string Unquote(Token token) =>
        GoQuote.TryUnquote(token.Value, out string? value) ? value : throw Error("invalid syntax");

    private static string StopText(string stop) => "{{" + (stop == "end" ? "end" : "else") + "}}";

    private void Enter()
    {
        if (++_depth > MaxDepth)
        {
            throw Error("max expression depth exceeded");
        }
    }
}

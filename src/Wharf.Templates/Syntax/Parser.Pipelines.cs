using Wharf.Templates.Formatting;

namespace Wharf.Templates.Syntax;

internal sealed partial class Parser
{
    private PipeNode Pipeline(string context, TokenKind end)
    {
        Enter();
        Token first = PeekNonSpace();
        var variables = new List<VariableNode>();
        bool isAssign = false;
        ReadVariables(context, variables, ref isAssign);
        var commands = new List<CommandNode>();
        while (true)
        {
            Token token = NextNonSpace();
            if (token.Kind == end)
            {
                CheckPipeline(commands, context);
                _depth--;
                return new PipeNode(first.Position, isAssign, variables, commands);
            }

            switch (token.Kind)
            {
                case TokenKind.Bool or TokenKind.CharConstant or TokenKind.Dot or TokenKind.Field or TokenKind.Identifier
                    or TokenKind.Number or TokenKind.Nil or TokenKind.RawString or TokenKind.String or TokenKind.Variable
                    or TokenKind.LeftParen:
                    Backup();
                    commands.Add(Command());
                    break;
                default:
                    throw Unexpected(token, context);
            }
        }
    }

    private void ReadVariables(string context, List<VariableNode> variables, ref bool isAssign)
    {
        while (PeekNonSpace() is { Kind: TokenKind.Variable } variable)
        {
            int mark = _next;
            NextNonSpace();
            Token next = PeekNonSpace();
            if (next.Kind is TokenKind.Assign or TokenKind.Declare)
            {
                isAssign = next.Kind == TokenKind.Assign;
                NextNonSpace();
                variables.Add(new VariableNode(variable.Position, [variable.Value]));
                _variables.Add(variable.Value);
            }
            else if (next is { Kind: TokenKind.Char, Value: "," })
            {
                NextNonSpace();
                variables.Add(new VariableNode(variable.Position, [variable.Value]));
                _variables.Add(variable.Value);
                if (context == "range" && variables.Count < 2 && PeekNonSpace().Kind is TokenKind.Variable or TokenKind.RightDelimiter or TokenKind.RightParen)
                {
                    continue;
                }

                throw Error($"too many declarations in {context}");
            }
            else
            {
                _next = mark;
            }

            return;
        }
    }

    private void CheckPipeline(List<CommandNode> commands, string context)
    {
        if (commands.Count == 0)
        {
            throw Error($"missing value for {context}");
        }

        for (int i = 1; i < commands.Count; i++)
        {
            if (commands[i].Arguments[0] is LiteralNode or DotNode or NilNode)
            {
                throw Error($"non executable command in pipeline stage {i + 1}");
            }
        }
    }

    private CommandNode Command()
    {
        int position = PeekNonSpace().Position;
        var arguments = new List<Node>();
        while (true)
        {
            PeekNonSpace();
            if (Operand() is { } operand)
            {
                arguments.Add(operand);
            }

            Token token = Next();
            switch (token.Kind)
            {
                case TokenKind.Space:
                    continue;
                case TokenKind.RightDelimiter or TokenKind.RightParen:
                    Backup();
                    break;
                case TokenKind.Pipe:
                    break;
                default:
                    throw Unexpected(token, "operand");
            }

            break;
        }

        return arguments.Count == 0 ? throw Error("empty command") : new CommandNode(position, arguments);
    }

    private Node? Operand()
    {
        Node? node = Term();
        if (node is null || Peek().Kind != TokenKind.Field)
        {
            return node;
        }

        int position = Peek().Position;
        var path = new List<string>();
        while (Peek().Kind == TokenKind.Field)
        {
            path.Add(Next().Value[1..]);
        }

        return node switch
        {
            FieldNode field => new FieldNode(position, [.. field.Path, .. path]),
            VariableNode variable => new VariableNode(position, [.. variable.Path, .. path]),
            LiteralNode or NilNode or DotNode => throw Error($"unexpected . after term {GoQuote.Quote(node.ToString()!)}"),
            _ => new ChainNode(position, node, path),
        };
    }

    private Node? Term()
    {
        Token token = NextNonSpace();
        switch (token.Kind)
        {
            case TokenKind.Identifier:
                return _isFunction(token.Value)
                    ? new IdentifierNode(token.Position, token.Value)
                    : throw Error($"function {GoQuote.Quote(token.Value)} not defined");
            case TokenKind.Dot:
                return new DotNode(token.Position);
            case TokenKind.Nil:
                return new NilNode(token.Position);
            case TokenKind.Variable:
                return _variables.Contains(token.Value)
                    ? new VariableNode(token.Position, [token.Value])
                    : throw Error($"undefined variable {GoQuote.Quote(token.Value)}");
            case TokenKind.Field:
                return new FieldNode(token.Position, [token.Value[1..]]);
            case TokenKind.Bool:
                return new LiteralNode(token.Position, token.Value == "true", token.Value);
            case TokenKind.CharConstant:
                return new LiteralNode(token.Position, CharValue(token), token.Value);
            case TokenKind.Number:
                return NumberLiteral.TryParse(token.Value, out object number)
                    ? new LiteralNode(token.Position, number, token.Value)
                    : throw Error($"bad number syntax: {GoQuote.Quote(token.Value)}");
            case TokenKind.LeftParen:
                return Pipeline("parenthesized pipeline", TokenKind.RightParen);
            case TokenKind.String or TokenKind.RawString:
                return new LiteralNode(token.Position, Unquote(token), token.Value);
        }

        Backup();
        return null;
    }

    private object CharValue(Token token)
    {
        if (!GoQuote.TryUnquote(token.Value, out string? text))
        {
            throw Error($"malformed character constant: {token.Value}");
        }

        return (long)(text.Length == 2 && char.IsSurrogatePair(text[0], text[1]) ? char.ConvertToUtf32(text[0], text[1])
            : text.Length == 1 ? text[0]
            : throw Error($"malformed character constant: {token.Value}"));
    }

    private Token Next()
    {
        // an error is the last token; asking again gives it again
        _last = _tokens[Math.Min(_next, _tokens.Count - 1)];
        _next++;
        return _last;
    }

    private Token Peek()
    {
        Token token = _tokens[Math.Min(_next, _tokens.Count - 1)];
        return token;
    }

    private void Backup() => _next--;

    private Token NextNonSpace()
    {
        Token token;
        do
        {
            token = Next();
        }
        while (token.Kind == TokenKind.Space);
        return token;
    }

    private Token PeekNonSpace()
    {
        Token token = NextNonSpace();
        Backup();
        return token;
    }

    private void Expect(TokenKind kind, string context)
    {
        Token token = NextNonSpace();
        if (token.Kind != kind)
        {
            throw Unexpected(token, context);
        }
    }

    private TemplateException Unexpected(Token token, string context)
    {
        if (token.Kind == TokenKind.Error)
        {
            return Error(token.Value);
        }

        return Error($"unexpected {token} in {context}");
    }

    private TemplateException Error(string message) => new($"template: {_name}:{_last.Line}: {message}");
}

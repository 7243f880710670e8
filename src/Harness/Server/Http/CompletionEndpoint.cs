using System.Text;
using Gdn.Harness.Server.Scheduling;
using Microsoft.AspNetCore.Http;

namespace Gdn.Harness.Server.Http;

/// <summary>Answers requests for completions, whole or as a stream of server-sent events.</summary>
/// <param name="scheduler">Does the work.</param>
/// <param name="format">The form of requests and answers.</param>
internal sealed class CompletionEndpoint(Scheduler scheduler, ICompletionFormat format)
{
    /// <summary>Answers one request. A client that goes away cancels it.</summary>
    /// <exception cref="ApiException">It cannot be answered, and nothing has been sent.</exception>
    public async Task Handle(HttpContext context)
    {
        CompletionCall call = format.Read(await Bodies.Read(context));
        var completion = new Completion(call.Request);
        if (call.Request.Prompt.Length == 0) completion.Finish(CompletionSummary.OfEmptyPrompt);
        else scheduler.Add(completion);
        try
        {
            if (call.Stream) await Stream(context, call, completion);
            else await Whole(context, call, completion);
        }
        finally
        {
            scheduler.Cancel(completion);
        }
    }

    private async Task Whole(HttpContext context, CompletionCall call, Completion completion)
    {
        var tokens = new List<GeneratedToken>();
        await foreach (GeneratedToken token in completion.Tokens(context.RequestAborted)) tokens.Add(token);
        await Bodies.Write(context, format.Whole(call, tokens, await completion.Summary));
    }

    private async Task Stream(HttpContext context, CompletionCall call, Completion completion)
    {
        int count = 0;
        try
        {
            await foreach (GeneratedToken token in completion.Tokens(context.RequestAborted))
                await Send(context, JsonParts.Line(format.Part(call, token, ++count)));
            foreach (string text in format.Ending(call, await completion.Summary)) await Send(context, text);
        }
        catch (ApiException e) when (context.Response.HasStarted)
        {
            // The status is sent; an error can only be an event.
            await Send(context, JsonParts.Line(JsonParts.Error(e)));
        }
    }

    private static async Task Send(HttpContext context, string data)
    {
        context.Response.ContentType ??= "text/event-stream";
        await context.Response.WriteAsync($"data: {data}\n\n", Encoding.UTF8, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}

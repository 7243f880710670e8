using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Gdn.Harness.Server.Scheduling;
using Microsoft.AspNetCore.Http;

namespace Gdn.Harness.Server.Http;

/// <summary>What a server reports of itself: health, properties, slots, models, counters.</summary>
internal sealed class InfoEndpoints(Scheduler scheduler, ServerIdentity identity)
{
    /// <summary><c>GET /health</c></summary>
    /// <exception cref="ApiException">The engine is gone.</exception>
    public Task Health(HttpContext context) => scheduler.Now.Death is { } death
        ? throw ApiException.Unavailable($"The engine is gone: {death}")
        : Bodies.Write(context, new JsonObject { ["status"] = "ok" });

    /// <summary><c>GET /props</c></summary>
    public Task Properties(HttpContext context) => Bodies.Write(context, new JsonObject
    {
        ["default_generation_settings"] = new JsonObject
        {
            ["params"] = new JsonObject(),
            ["n_ctx"] = identity.Options.ContextTokens,
        },
        ["total_slots"] = identity.Options.Slots,
        ["model_alias"] = identity.Model,
        ["model_path"] = identity.ModelPath,
        ["endpoint_slots"] = true,
        ["endpoint_props"] = true,
        ["endpoint_metrics"] = true,
        ["chat_template"] = "",
        ["build_info"] = identity.Build,
        ["gdn_harness"] = new JsonObject
        {
            ["engine"] = identity.Engine,
            ["fault"] = identity.Options.Fault?.Id,
            ["jitter"] = identity.Options.Jitter,
            ["n_ubatch"] = identity.Options.UbatchTokens,
            ["order"] = identity.Options.Order.ToString(),
            ["checkpoints"] = identity.Options.Checkpoints,
            ["draft"] = identity.Options.DraftTokens,
        },
    });

    /// <summary><c>GET /slots</c></summary>
    public Task Slots(HttpContext context) => Bodies.Write(
        context, new JsonArray([.. scheduler.Now.Slots.Select(Slot)]));

    /// <summary><c>GET /v1/models</c></summary>
    public Task Models(HttpContext context) => Bodies.Write(context, new JsonObject
    {
        ["object"] = "list",
        ["data"] = new JsonArray(new JsonObject
        {
            ["id"] = identity.Model,
            ["object"] = "model",
            ["owned_by"] = ServerIdentity.Server,
            ["meta"] = new JsonObject { ["n_vocab"] = identity.Vocabulary, ["n_ctx_train"] = identity.Options.ContextTokens },
        }),
    });

    /// <summary><c>GET /metrics</c>, in Prometheus' text form, with llama-server's names.</summary>
    public Task Metrics(HttpContext context)
    {
        ServerStatus now = scheduler.Now;
        ServerTotals totals = now.Totals;
        var text = new StringBuilder();
        Add("prompt_tokens_total", "counter", totals.PromptTokens);
        Add("prompt_tokens_cached_total", "counter", totals.CachedTokens);
        Add("prompt_seconds_total", "counter", totals.PromptSeconds);
        Add("tokens_predicted_total", "counter", totals.AnswerTokens);
        Add("tokens_predicted_seconds_total", "counter", totals.AnswerSeconds);
        Add("n_decode_total", "counter", totals.Passes);
        Add("spec_decode_num_draft_tokens_total", "counter", totals.Drafted);
        Add("spec_decode_num_accepted_tokens_total", "counter", totals.Accepted);
        Add("requests_processing", "gauge", now.Slots.Count(slot => slot.IsBusy));
        Add("requests_deferred", "gauge", now.Waiting);
        Add("n_busy_slots_per_decode", "gauge", totals.Passes == 0 ? 0 : (double)totals.BusySlots / totals.Passes);
        context.Response.ContentType = "text/plain; version=0.0.4";
        return context.Response.WriteAsync(text.ToString(), context.RequestAborted);

        void Add(string name, string type, double value) => text.Append(
            CultureInfo.InvariantCulture, $"# TYPE llamacpp:{name} {type}\nllamacpp:{name} {value}\n");
    }

    private JsonObject Slot(SlotStatus slot) => new()
    {
        ["id"] = slot.Id,
        ["n_ctx"] = identity.Options.ContextTokens,
        ["speculative"] = identity.Options.DraftTokens > 0,
        ["is_processing"] = slot.IsBusy,
        ["id_task"] = slot.Request == 0 ? -1 : slot.Request,
        ["n_prompt_tokens"] = slot.PromptTokens,
        ["n_prompt_tokens_processed"] = Math.Min(slot.PromptTokens, slot.TokensOnSlot) - slot.CachedTokens,
        ["n_prompt_tokens_cache"] = slot.CachedTokens,
        ["next_token"] = new JsonArray(new JsonObject
        {
            ["has_next_token"] = slot.IsBusy,
            ["n_remain"] = slot.Left == int.MaxValue - slot.Answered ? -1 : slot.Left,
            ["n_decoded"] = slot.Answered,
        }),
    };
}
